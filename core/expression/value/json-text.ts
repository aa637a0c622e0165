import { ExpressionError } from '../errors.ts'
import { MAX_TEXT_LENGTH, MAX_VALUE_DEPTH } from '../limits.ts'
import { dateText } from './date-text.ts'
import { Decimal } from './decimal.ts'
import { describeKind, isDateTime, isMap } from './kind.ts'
import { entriesOf } from './map.ts'
import type { Meter } from './meter.ts'
import { Real } from './real.ts'

/** JSON text of any value, every digit kept. @throws ExpressionError for what has no JSON form, or beyond the bounds */
export function jsonText(value: unknown, meter: Meter): string {
  const writer = new JsonWriter(meter)
  writer.write(value, 0)
  return writer.text
}

/** Writing a node costs some four times what reading a variable does. */
const WORK_PER_NODE = 4

class JsonWriter {
  text = ''
  readonly #meter: Meter

  constructor(meter: Meter) {
    this.#meter = meter
  }

  write(value: unknown, depth: number): void {
    if (depth > MAX_VALUE_DEPTH) {
      throw new ExpressionError('EXPRESSION_LIMIT', `A value nests deeper than ${MAX_VALUE_DEPTH}.`)
    }
    this.#meter.charge(WORK_PER_NODE)
    if (Array.isArray(value)) this.#list(value, depth)
    else if (isMap(value)) this.#map(entriesOf(value), depth)
    else this.text += scalarText(value)
    if (this.text.length > MAX_TEXT_LENGTH) {
      throw new ExpressionError('EXPRESSION_LIMIT', `A text may have ${MAX_TEXT_LENGTH} characters.`)
    }
  }

  #list(list: readonly unknown[], depth: number): void {
    this.text += '['
    for (const [index, item] of list.entries()) {
      if (index > 0) this.text += ','
      this.write(item, depth + 1)
    }
    this.text += ']'
  }

  #map(entries: readonly (readonly [unknown, unknown])[], depth: number): void {
    this.text += '{'
    let separator = ''
    for (const [key, value] of entries) {
      if (value === undefined) continue
      this.text += `${separator}${JSON.stringify(String(key))}:`
      separator = ','
      this.write(value, depth + 1)
    }
    this.text += '}'
  }
}

function scalarText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
  }
  if (value === null || value === undefined) return 'null'
  if (value instanceof Real) return Number.isFinite(value.value) ? value.toString() : 'null'
  if (value instanceof Decimal) return value.toString()
  if (isDateTime(value)) return JSON.stringify(dateText(value))
  if (value instanceof Date) return JSON.stringify(dateOf(value))
  throw new ExpressionError('EXPRESSION_VALUE', `JSON has no form for ${describeKind(value)}.`)
}

/** ISO text of a host date; an invalid one is an error of ours rather than a RangeError. */
export function dateOf(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new ExpressionError('EXPRESSION_VALUE', 'The date is invalid.')
  return date.toISOString()
}
