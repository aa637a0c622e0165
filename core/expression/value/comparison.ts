import { ExpressionError } from '../errors.ts'
import { MAX_VALUE_DEPTH } from '../limits.ts'
import { type DateTime, describeKind, isDateTime, isMap } from './kind.ts'
import { lookup } from './lookup.ts'
import { keysOf, sizeOf } from './map.ts'
import type { Meter } from './meter.ts'
import { compareNumbers, isNumeric } from './number.ts'

/** Numbers by value whatever their type, lists and maps by content, dates by instant, the rest by identity. */
export function isEqual(left: unknown, right: unknown, meter: Meter, depth = 0): boolean {
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length > 64) meter.charge(left.length >> 6)
    return left === right
  }
  if (left === right) return true
  if (isNumeric(left)) return isNumeric(right) && compareNumbers(left, right) === 0 && !isNaNValue(left)
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return false
  meter.charge(1)
  if (depth > MAX_VALUE_DEPTH) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A value nests deeper than ${MAX_VALUE_DEPTH}.`)
  }
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((item, index) => isEqual(item, right[index], meter, depth + 1))
    )
  }
  if (isDateLike(left)) return isDateLike(right) && epochNanoseconds(left) === epochNanoseconds(right)
  if (!isMap(left) || !isMap(right) || sizeOf(left) !== sizeOf(right)) return false
  return keysOf(left).every((key) => {
    const other = lookup(right, key)
    return other !== undefined && isEqual(lookup(left, key), other, meter, depth + 1)
  })
}

/** Below zero, zero or above zero for two numbers, texts, booleans or dates. @throws ExpressionError for a mixture */
export function compareValues(left: unknown, right: unknown): number {
  if (isNumeric(left) && isNumeric(right)) return compareNumbers(left, right)
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right)
  if (isDateLike(left) && isDateLike(right)) {
    const a = epochNanoseconds(left)
    const b = epochNanoseconds(right)
    return a < b ? -1 : a > b ? 1 : 0
  }
  const isTextAndNumber =
    [left, right].some(isNumeric) && [left, right].some((side) => typeof side === 'string')
  throw new ExpressionError(
    'EXPRESSION_VALUE',
    `${describeKind(left)} and ${describeKind(right)} have no order.`,
    { hint: isTextAndNumber ? 'Turn the text into a number with the filter number.' : undefined },
  )
}

function isDateLike(value: unknown): value is DateTime | Date {
  return value instanceof Date || isDateTime(value)
}

function epochNanoseconds(date: DateTime | Date): bigint {
  if (!(date instanceof Date)) return date.epochNanoseconds
  return Number.isNaN(date.getTime()) ? 0n : BigInt(date.getTime()) * 1_000_000n
}

function isNaNValue(value: unknown): boolean {
  return typeof value === 'number' && Number.isNaN(value)
}
