import { ExpressionError } from '../errors.ts'
import { MAX_ITEMS, MAX_TEXT_LENGTH } from '../limits.ts'
import type { BinaryOperator, PrefixOperator } from '../syntax/operators.ts'
import { compareValues, isEqual } from '../value/comparison.ts'
import { describeKind, isMap } from '../value/kind.ts'
import { lookup } from '../value/lookup.ts'
import type { Meter } from '../value/meter.ts'
import { type ArithmeticOperator, arithmetic, isInteger, negated } from '../value/number.ts'
import { textOf } from '../value/text.ts'
import { isTrue } from '../value/truth.ts'

export type StrictOperator = Exclude<BinaryOperator, 'and' | 'or' | '??' | '???'>

/** Operators whose operands are both evaluated. The others decide in the compiler which side they look at. */
export const OPERATIONS: Readonly<
  Record<StrictOperator, (left: unknown, right: unknown, meter: Meter) => unknown>
> = {
  '==': isEqual,
  equals: isEqual,
  '!=': (left, right, meter) => !isEqual(left, right, meter),
  '<': (left, right) =>
    typeof left === 'number' && typeof right === 'number'
      ? left < right
      : isOrdered(left, right) && compareValues(left, right) < 0,
  '>': (left, right) =>
    typeof left === 'number' && typeof right === 'number'
      ? left > right
      : isOrdered(left, right) && compareValues(left, right) > 0,
  '<=': (left, right) =>
    typeof left === 'number' && typeof right === 'number'
      ? left <= right
      : isOrdered(left, right) && compareValues(left, right) <= 0,
  '>=': (left, right) =>
    typeof left === 'number' && typeof right === 'number'
      ? left >= right
      : isOrdered(left, right) && compareValues(left, right) >= 0,
  '+': add,
  '-': subtract,
  '*': (left, right, meter) => calculate('*', left, right, meter),
  '/': (left, right, meter) => calculate('/', left, right, meter),
  '%': (left, right, meter) => calculate('%', left, right, meter),
  '~': (left, right, meter) => concatenate(textOf(left, meter), textOf(right, meter), meter),
  '..': range,
  contains,
  isIn: (left, right, meter) => isIn(left, right, meter),
  isNotIn: (left, right, meter) => !isIn(left, right, meter),
}

export function applyPrefix(operator: PrefixOperator, value: unknown): unknown {
  if (operator === 'not') return !isTrue(value)
  const negative = negated(value)
  return operator === '-' ? negative : negated(negative)
}

export function concatenate(left: string, right: string, meter: Meter): string {
  const length = left.length + right.length
  if (length > MAX_TEXT_LENGTH) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A text may have ${MAX_TEXT_LENGTH} characters.`)
  }
  meter.charge(length >> 6)
  return left + right
}

/** Null is neither less nor greater than anything. */
function isOrdered(left: unknown, right: unknown): boolean {
  return left !== null && right !== null
}

function add(left: unknown, right: unknown, meter: Meter): unknown {
  if (typeof left === 'number' && typeof right === 'number') return arithmetic('+', left, right)
  if (typeof left === 'string' || typeof right === 'string') {
    return concatenate(textOf(left, meter), textOf(right, meter), meter)
  }
  if (!Array.isArray(left)) return calculate('+', left, right, meter)
  const extended = Array.isArray(right) ? [...left, ...right] : [...left, right]
  meter.charge(extended.length)
  if (extended.length > MAX_ITEMS)
    throw new ExpressionError('EXPRESSION_LIMIT', `A list may have ${MAX_ITEMS} items.`)
  return extended
}

function subtract(left: unknown, right: unknown, meter: Meter): unknown {
  if (!Array.isArray(left)) return calculate('-', left, right, meter)
  const removed: readonly unknown[] = Array.isArray(right) ? right : [right]
  meter.charge(left.length * removed.length)
  return left.filter((item) => !removed.some((other) => isEqual(item, other, meter)))
}

function calculate(operator: ArithmeticOperator, left: unknown, right: unknown, meter: Meter): unknown {
  const result = arithmetic(operator, left, right)
  // Integers beyond 2^53 and decimals cost in proportion to their digits.
  if (typeof result !== 'number') meter.charge(20)
  return result
}

function range(left: unknown, right: unknown, meter: Meter): unknown[] {
  const isCharacters = typeof left === 'string' && typeof right === 'string'
  const start = isCharacters ? singleCharacter(left) : left
  const end = isCharacters ? singleCharacter(right) : right
  if (!isInteger(start) || !isInteger(end)) {
    throw new ExpressionError(
      'EXPRESSION_VALUE',
      `".." needs two integers or two characters, not ${describeKind(left)} and ${describeKind(right)}.`,
    )
  }
  const numbers = integersBetween(Number(start), Number(end), 1, meter)
  return isCharacters ? numbers.map((code) => String.fromCodePoint(code)) : numbers
}

function singleCharacter(text: string): number | undefined {
  const code = text.codePointAt(0)
  return code !== undefined && String.fromCodePoint(code) === text ? code : undefined
}

/** `start`, `start` + `step`, … up to and with `end`. @throws ExpressionError `EXPRESSION_LIMIT` */
export function integersBetween(start: number, end: number, step: number, meter: Meter): number[] {
  const count = Math.max(0, Math.floor((end - start) / step) + 1)
  if (count > MAX_ITEMS) {
    throw new ExpressionError(
      'EXPRESSION_LIMIT',
      `A range may have ${MAX_ITEMS} integers; this has ${count}.`,
    )
  }
  meter.charge(count)
  return Array.from({ length: count }, (_, index) => start + index * step)
}

function contains(container: unknown, wanted: unknown, meter: Meter): boolean {
  if (container === null) return false
  if (
    Array.isArray(wanted) &&
    (Array.isArray(container) || isMap(container) || typeof container === 'string')
  ) {
    return wanted.every((item) => containsOne(container, item, meter))
  }
  return containsOne(container, wanted, meter)
}

function containsOne(container: unknown, wanted: unknown, meter: Meter): boolean {
  if (Array.isArray(container)) {
    meter.charge(container.length)
    return container.some((item) => isEqual(item, wanted, meter))
  }
  if (typeof container === 'string') {
    const piece = textOf(wanted, meter)
    chargeSearch(container, piece, meter)
    return container.includes(piece)
  }
  if (isMap(container)) return lookup(container, wanted) !== undefined
  throw new ExpressionError(
    'EXPRESSION_VALUE',
    `"contains" needs a list, a map or a text on its left, not ${describeKind(container)}.`,
  )
}

/** Searching for a text costs the product of both lengths where the texts are made for it. */
export function chargeSearch(text: string, piece: string, meter: Meter): void {
  meter.charge((text.length >> 6) + Math.ceil((text.length * piece.length) / 4096))
}

function isIn(value: unknown, list: unknown, meter: Meter): boolean {
  if (list === null) return false
  if (!Array.isArray(list) && !isMap(list) && typeof list !== 'string') {
    throw new ExpressionError(
      'EXPRESSION_VALUE',
      `"isIn" needs a list on its right, not ${describeKind(list)}.`,
    )
  }
  return containsOne(list, value, meter)
}
