import { ExpressionError } from '../errors.ts'
import { checkDigits, Decimal } from './decimal.ts'
import { describeKind } from './kind.ts'
import { asDouble, Real } from './real.ts'

/** Every form that a number takes: integers are `number` (where safe) or `bigint`, doubles `number` or `Real`. */
export type Numeric = number | bigint | Real | Decimal

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%'

export function isNumeric(value: unknown): value is Numeric {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof Real ||
    value instanceof Decimal
  )
}

export function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
}

/** Java's rules: two integers give an integer, a double makes a double, a decimal a decimal. Integers never overflow. */
export function arithmetic(operator: ArithmeticOperator, left: unknown, right: unknown): Numeric {
  if (!isNumeric(left) || !isNumeric(right)) throw notNumbers(operator, left, right)
  if (left instanceof Decimal || right instanceof Decimal) {
    return onDecimals(operator, toDecimal(left), toDecimal(right))
  }
  if (isInteger(left) && isInteger(right)) return onIntegers(operator, left, right)
  return asDouble(onDoubles(operator, toNumber(left), toNumber(right)))
}

function onIntegers(
  operator: ArithmeticOperator,
  left: number | bigint,
  right: number | bigint,
): number | bigint {
  if ((operator === '/' || operator === '%') && Number(right) === 0) throw divisionByZero()
  if (typeof left === 'number' && typeof right === 'number') {
    const fast = operator === '/' ? Math.trunc(left / right) : onDoubles(operator, left, right)
    if (Number.isSafeInteger(fast) && Number.isSafeInteger(left) && Number.isSafeInteger(right))
      return fast + 0
  }
  const a = BigInt(left)
  const b = BigInt(right)
  switch (operator) {
    case '+':
      return shortest(checkDigits(a + b))
    case '-':
      return shortest(checkDigits(a - b))
    case '*':
      return shortest(checkDigits(a * b))
    case '/':
      return shortest(a / b)
    case '%':
      return shortest(a % b)
    default:
      return operator satisfies never
  }
}

function onDoubles(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      if (right === 0) throw divisionByZero()
      return left / right
    case '%':
      if (right === 0) throw divisionByZero()
      return left % right
    default:
      return operator satisfies never
  }
}

function onDecimals(operator: ArithmeticOperator, left: Decimal, right: Decimal): Decimal {
  switch (operator) {
    case '+':
      return left.plus(right)
    case '-':
      return left.minus(right)
    case '*':
      return left.times(right)
    case '/':
      if (right.unscaled === 0n) throw divisionByZero()
      return left.dividedBy(right)
    case '%':
      if (right.unscaled === 0n) throw divisionByZero()
      return left.remainder(right)
    default:
      return operator satisfies never
  }
}

/** Below zero, zero or above zero, exactly: a bigint and a double are never rounded to each other. */
export function compareNumbers(left: Numeric, right: Numeric): number {
  if (left instanceof Decimal || right instanceof Decimal) {
    const a = toNumber(left)
    const b = toNumber(right)
    if (!Number.isFinite(a) || !Number.isFinite(b)) return a < b ? -1 : a > b ? 1 : 0
    return toDecimal(left).compare(toDecimal(right))
  }
  const a = left instanceof Real ? left.value : left
  const b = right instanceof Real ? right.value : right
  return a < b ? -1 : a > b ? 1 : 0
}

export function negated(value: unknown): Numeric {
  if (typeof value === 'number') return Number.isInteger(value) ? 0 - value : -value
  if (typeof value === 'bigint') return shortest(-value)
  if (value instanceof Real) return new Real(-value.value, value.kind)
  if (value instanceof Decimal) return value.negated()
  throw new ExpressionError('EXPRESSION_VALUE', `"-" needs a number, not ${describeKind(value)}.`)
}

export function toDecimal(value: Numeric): Decimal {
  if (value instanceof Decimal) return value
  if (isInteger(value)) return Decimal.fromInteger(value)
  const decimal = Decimal.parse(String(value instanceof Real ? value.value : value))
  if (decimal === undefined) throw new ExpressionError('EXPRESSION_VALUE', `${value} is not a finite number.`)
  return decimal
}

export function toNumber(value: Numeric): number {
  if (typeof value === 'number') return value
  if (value instanceof Real) return value.value
  return value instanceof Decimal ? value.toNumber() : Number(value)
}

/** A bigint where a number would lose digits, else a number. */
export function shortest(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function divisionByZero(): ExpressionError {
  return new ExpressionError('EXPRESSION_VALUE', 'A number cannot be divided by zero.')
}

function notNumbers(operator: string, left: unknown, right: unknown): ExpressionError {
  const culprit = isNumeric(left) ? right : left
  const hint = typeof culprit === 'string' ? 'Turn a text into a number with the filter number.' : undefined
  return new ExpressionError(
    'EXPRESSION_VALUE',
    `"${operator}" needs two numbers, not ${describeKind(left)} and ${describeKind(right)}.`,
    { hint },
  )
}
