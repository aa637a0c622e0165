import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import { MAX_JSON_TEXT_LENGTH, MAX_VALUE_DEPTH, MAX_VALUE_NODES } from '../limits.ts'
import { isJsonObject, isJsonWithin, LOCAL_REFERENCE } from '../manifest/index.ts'
import { hasExpression } from './expression-text.ts'

/**
 * Copies a value, turning texts into what the schema asks for (`"3"` into 3, `"true"` into true, JSON text into a list
 * or map) and numbers and booleans into texts where only a text will do. What cannot be turned stays as it is, for the
 * validator to complain about. Texts with an expression in them are never touched.
 *
 * @param schema - vetted, unadapted
 */
export function coerce(value: JsonValue, schema: JsonObject): JsonValue {
  return new Coercion(schema).apply(value, schema, [])
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

class Coercion {
  readonly #definitions: JsonObject

  constructor(root: JsonObject) {
    this.#definitions = isJsonObject(root['$defs']) ? root['$defs'] : {}
  }

  /** `open`: definitions entered without going down in the value; a circle of references ends there. */
  apply(value: JsonValue, schema: JsonValue | undefined, open: readonly string[]): JsonValue {
    if (!isJsonObject(schema) || '$plugin' in schema) {
      return typeof value === 'object' ? structuredClone(value) : value
    }
    const reference =
      typeof schema['$ref'] === 'string' ? LOCAL_REFERENCE.exec(schema['$ref'])?.[1] : undefined
    let coerced = value
    if (reference !== undefined && !open.includes(reference)) {
      coerced = this.apply(coerced, this.#definitions[reference], [...open, reference])
    }
    for (const branch of listOf(schema['allOf'])) coerced = this.apply(coerced, branch, open)
    for (const keyword of ['anyOf', 'oneOf'] as const) {
      const branch = this.#pickBranch(coerced, listOf(schema[keyword]))
      if (branch !== undefined) coerced = this.apply(coerced, branch, open)
    }
    return this.#descend(convert(coerced, typesOf(schema)), schema)
  }

  #descend(value: JsonValue, schema: JsonObject): JsonValue {
    if (Array.isArray(value)) {
      const prefix = listOf(schema['prefixItems'])
      return value.map((entry, index) => this.apply(entry, prefix[index] ?? schema['items'], []))
    }
    if (!isJsonObject(value)) return value
    const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => [
        name,
        this.apply(
          entry,
          Object.hasOwn(properties, name) ? properties[name] : schema['additionalProperties'],
          [],
        ),
      ]),
    )
  }

  /** The branch a value already fits by its type and its fixed properties, or else the first it can be turned into. */
  #pickBranch(value: JsonValue, branches: readonly JsonValue[]): JsonValue | undefined {
    const resolved = branches.map((branch) => this.#dereference(branch))
    const fitting = resolved.findIndex(
      (branch) => fitsType(value, typesOf(branch)) && agreesWithConstants(value, branch),
    )
    if (fitting !== -1) return branches[fitting]
    return branches.find((_, index) => {
      const types = typesOf(resolved[index] ?? {})
      return types.length > 0 && fitsType(convert(value, types), types)
    })
  }

  #dereference(branch: JsonValue): JsonObject {
    if (!isJsonObject(branch)) return {}
    const name = typeof branch['$ref'] === 'string' ? LOCAL_REFERENCE.exec(branch['$ref'])?.[1] : undefined
    const target = name === undefined ? branch : this.#definitions[name]
    return isJsonObject(target) ? target : {}
  }
}

function convert(value: JsonValue, types: readonly string[]): JsonValue {
  if (types.length === 0 || fitsType(value, types)) return value
  if (typeof value === 'number' || typeof value === 'boolean')
    return types.includes('string') ? String(value) : value
  if (typeof value !== 'string' || hasExpression(value)) return value
  const text = value.trim()
  for (const type of types) {
    const converted = readAs(type, text)
    if (converted !== undefined) return converted
  }
  return value
}

function readAs(type: string, text: string): JsonValue | undefined {
  switch (type) {
    case 'integer':
    case 'number': {
      const number = NUMBER.test(text) ? Number(text) : Number.NaN
      return Number.isFinite(number) && (type === 'number' || Number.isInteger(number)) ? number : undefined
    }
    case 'boolean': {
      const lower = text.toLowerCase()
      return lower === 'true' ? true : lower === 'false' ? false : undefined
    }
    case 'null':
      return text === '' || text === 'null' ? null : undefined
    case 'array':
      return text.startsWith('[') ? readJson(text) : undefined
    case 'object':
      return text.startsWith('{') ? readJson(text) : undefined
    default:
      return undefined
  }
}

function readJson(text: string): JsonValue | undefined {
  if (text.length > MAX_JSON_TEXT_LENGTH) return undefined
  try {
    const parsed: JsonValue = JSON.parse(text)
    return isJsonWithin(parsed, MAX_VALUE_DEPTH, MAX_VALUE_NODES) ? parsed : undefined
  } catch {
    return undefined
  }
}

function fitsType(value: JsonValue, types: readonly string[]): boolean {
  return types.length === 0 || types.some((type) => isOfType(value, type))
}

function isOfType(value: JsonValue, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isJsonObject(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

function agreesWithConstants(value: JsonValue, branch: JsonObject): boolean {
  if (!isJsonObject(value) || !isJsonObject(branch['properties'])) return true
  return Object.entries(branch['properties']).every(
    ([name, property]) =>
      !isJsonObject(property) ||
      !('const' in property) ||
      !(name in value) ||
      property['const'] === value[name],
  )
}

function typesOf(schema: JsonObject): readonly string[] {
  const type = schema['type']
  if (typeof type === 'string') return [type]
  return Array.isArray(type) ? type.filter((entry) => typeof entry === 'string') : []
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}
