import { ExpressionError } from '../errors.ts'
import { Decimal } from '../value/decimal.ts'
import { describeKind, isMap, type PlainObject } from '../value/kind.ts'
import type { Meter } from '../value/meter.ts'
import { isInteger, isNumeric, type Numeric, toNumber } from '../value/number.ts'
import { Real } from '../value/real.ts'
import { textOf } from '../value/text.ts'
import { isTrue } from '../value/truth.ts'

// Every reader of an argument names what it read, so that the message says which one is wrong.

/** A text; numbers, booleans and dates are turned into theirs. */
export function textArgument(value: unknown, name: string, meter: Meter): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined || Array.isArray(value) || isMap(value))
    throw wrong(name, 'a text', value)
  return textOf(value, meter)
}

/** Null or absent gives undefined. */
export function optionalText(value: unknown, name: string, meter: Meter): string | undefined {
  return value === undefined || value === null ? undefined : textArgument(value, name, meter)
}

/** A whole number that fits a safe integer; a text of digits counts. */
export function integerArgument(value: unknown, name: string): number {
  const number = isNumeric(value)
    ? toNumber(value)
    : typeof value === 'string'
      ? Number(value.trim() || Number.NaN)
      : NaN
  if (!Number.isSafeInteger(number)) throw wrong(name, 'an integer', value)
  return number
}

export function optionalInteger(value: unknown, name: string): number | undefined {
  return value === undefined || value === null ? undefined : integerArgument(value, name)
}

export function numberArgument(value: unknown, name: string): Numeric {
  if (!isNumeric(value)) throw wrong(name, 'a number', value)
  return value
}

export function mapArgument(value: unknown, name: string): PlainObject | ReadonlyMap<unknown, unknown> {
  if (!isMap(value)) throw wrong(name, 'a map', value)
  return value
}

export function listArgument(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(name, 'a list', value)
  return value
}

/** A boolean; the texts `true` and `false` count, as they come from rendered properties. */
export function booleanArgument(value: unknown, fallback: boolean): boolean {
  if (value === undefined || value === null) return fallback
  if (value === 'true') return true
  return value === 'false' ? false : isTrue(value)
}

/** A JavaScript number or bigint for what leaves the evaluator. */
export function plainNumber(value: Numeric): number | bigint {
  if (isInteger(value)) return value
  return value instanceof Real || value instanceof Decimal ? toNumber(value) : value
}

export function wrong(name: string, expected: string, value: unknown, hint?: string): ExpressionError {
  return new ExpressionError('EXPRESSION_VALUE', `${name} must be ${expected}, not ${describeKind(value)}.`, {
    hint,
  })
}
