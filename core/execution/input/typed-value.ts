import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import { parse as parseYaml } from 'yaml'

/** A value as its type asks for it, or what is wrong with it. */
export type TypedValue = { readonly value: JsonValue } | { readonly fault: string }

type Parser = (raw: JsonValue, options: JsonObject) => TypedValue

const ok = (value: JsonValue): TypedValue => ({ value })
const bad = (fault: string): TypedValue => ({ fault })

const DATE = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?$/
const DURATION = /^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?)?$/
const EMAIL = /^[^\s@]{1,64}@[^\s@.]{1,63}(\.[^\s@.]{1,63})+$/

const PARSERS: Readonly<Record<string, Parser>> = {
  STRING: (raw) => (typeof raw === 'object' ? bad('must be a text') : ok(String(raw))),
  INT: parseInteger,
  FLOAT: parseFloatValue,
  BOOL: parseBoolean,
  BOOLEAN: parseBoolean,
  ENUM: parseChoice,
  SELECT: parseChoice,
  MULTISELECT: parseChoices,
  DATETIME: (raw) =>
    typeof raw === 'string' && /T/.test(raw) && !Number.isNaN(Date.parse(raw))
      ? ok(raw)
      : bad('must be a date and time such as 2026-01-31T08:00:00Z'),
  DATE: (raw) =>
    typeof raw === 'string' && DATE.test(raw) && new Date(`${raw}T00:00:00Z`).toISOString().startsWith(raw)
      ? ok(raw)
      : bad('must be a date such as 2026-01-31'),
  TIME: (raw) =>
    typeof raw === 'string' && TIME.test(raw) ? ok(raw) : bad('must be a time such as 08:30:00'),
  DURATION: (raw) =>
    typeof raw === 'string' && DURATION.test(raw)
      ? ok(raw)
      : bad('must be an ISO 8601 duration such as PT15M'),
  JSON: (raw) => parseText(raw, JSON.parse, 'JSON'),
  YAML: (raw) => parseText(raw, (text) => parseYaml(text, { maxAliasCount: 100 }), 'YAML'),
  URI: (raw) => (typeof raw === 'string' && URL.canParse(raw) ? ok(raw) : bad('must be a URI')),
  EMAIL: (raw) => (typeof raw === 'string' && EMAIL.test(raw) ? ok(raw) : bad('must be an e-mail address')),
  ARRAY: parseArray,
}

/** The types that a flow's inputs and outputs may have in this engine. */
export const VALUE_TYPES: readonly string[] = Object.keys(PARSERS)

/**
 * Makes a typed value of what a client sent or an expression gave: a text, or JSON that has the type already.
 *
 * @param options - what the declaration says beside its type: `values`, `min`, `max`, `itemType`, `validator`, …
 */
export function parseTypedValue(type: string, raw: JsonValue, options: JsonObject): TypedValue {
  const parser = PARSERS[type]
  return parser === undefined
    ? bad(`has the type ${type}, which this server does not know`)
    : parser(raw, options)
}

function parseInteger(raw: JsonValue, options: JsonObject): TypedValue {
  const value = typeof raw === 'string' && /^[+-]?\d+$/.test(raw.trim()) ? Number(raw) : raw
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return bad('must be a whole number')
  return inRange(value, options)
}

function parseFloatValue(raw: JsonValue, options: JsonObject): TypedValue {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw
  if (typeof value !== 'number' || !Number.isFinite(value)) return bad('must be a number')
  return inRange(value, options)
}

function inRange(value: number, { min, max }: JsonObject): TypedValue {
  if (typeof min === 'number' && value < min) return bad(`must be at least ${min}`)
  if (typeof max === 'number' && value > max) return bad(`must be at most ${max}`)
  return ok(value)
}

function parseBoolean(raw: JsonValue): TypedValue {
  if (typeof raw === 'boolean') return ok(raw)
  const text = String(raw).toLowerCase()
  return text === 'true' || text === 'false' ? ok(text === 'true') : bad('must be true or false')
}

function choicesOf({ values }: JsonObject): readonly string[] {
  return Array.isArray(values) ? values.map(String) : []
}

function parseChoice(raw: JsonValue, options: JsonObject): TypedValue {
  const choices = choicesOf(options)
  if (typeof raw !== 'object' && (options['allowCustomValue'] === true || choices.includes(String(raw))))
    return ok(String(raw))
  return bad(`must be one of ${choices.join(', ')}`)
}

function parseChoices(raw: JsonValue, options: JsonObject): TypedValue {
  const list = parseText(raw, JSON.parse, 'JSON')
  if (!('value' in list) || !Array.isArray(list.value)) return bad('must be a list of choices')
  for (const item of list.value) {
    const choice = parseChoice(item, options)
    if ('fault' in choice) return choice
  }
  return ok(list.value.map(String))
}

function parseArray(raw: JsonValue, options: JsonObject): TypedValue {
  const list = parseText(raw, JSON.parse, 'JSON')
  if (!('value' in list) || !Array.isArray(list.value)) return bad('must be a list')
  const itemType = options['itemType']
  if (typeof itemType !== 'string') return list
  const items: JsonValue[] = []
  for (const [index, item] of list.value.entries()) {
    const typed = parseTypedValue(itemType, item, {})
    if ('fault' in typed) return bad(`item ${index} ${typed.fault}`)
    items.push(typed.value)
  }
  return ok(items)
}

function parseText(raw: JsonValue, parse: (text: string) => unknown, language: string): TypedValue {
  if (typeof raw !== 'string') return ok(raw)
  try {
    // Through JSON once more: YAML knows values (dates, NaN) that rows and expressions do not.
    return ok(JSON.parse(JSON.stringify(parse(raw) ?? null)))
  } catch {
    return bad(`must be ${language}`)
  }
}
