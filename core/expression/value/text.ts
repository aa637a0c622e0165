import { ExpressionError } from '../errors.ts'
import { dateText } from './date-text.ts'
import { Decimal } from './decimal.ts'
import { dateOf, jsonText } from './json-text.ts'
import { describeKind, isDateTime, isMap } from './kind.ts'
import type { Meter } from './meter.ts'
import { Real } from './real.ts'

/** A value as it is printed: null is the empty text, lists and maps are JSON, dates ISO 8601. */
export function textOf(value: unknown, meter: Meter): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  if (value === null || value === undefined) return ''
  if (value instanceof Real || value instanceof Decimal) return value.toString()
  if (isDateTime(value)) return dateText(value)
  if (value instanceof Date) return dateOf(value)
  if (Array.isArray(value) || isMap(value)) return jsonText(value, meter)
  throw new ExpressionError('EXPRESSION_VALUE', `${describeKind(value)} has no text.`)
}
