import { ExpressionError } from '../errors.ts'
import { Decimal } from '../value/decimal.ts'
import type { Numeric } from '../value/number.ts'
import { exactInteger } from '../value/number-literal.ts'
import { Real } from '../value/real.ts'

const INT_LIMIT = 2 ** 31
const LONG_LIMIT = 2n ** 63n

/** Reads a number as the reference's filter `number` does. @throws ExpressionError `EXPRESSION_VALUE` */
export function parseNumber(text: string, type: string | undefined): Numeric {
  const trimmed = text.trim()
  if (type === undefined) {
    return /^[+-]?\d+$/.test(trimmed) ? readInteger(trimmed) : new Real(readReal(trimmed), 'float')
  }
  switch (type.toUpperCase()) {
    case 'INT':
      return within(readInteger(trimmed), BigInt(-INT_LIMIT), BigInt(INT_LIMIT), 'an INT')
    case 'LONG':
      return within(readInteger(trimmed), -LONG_LIMIT, LONG_LIMIT, 'a LONG')
    case 'FLOAT':
      return new Real(readReal(trimmed), 'float')
    case 'DOUBLE':
      return new Real(readReal(trimmed))
    case 'BIGINTEGER':
      return readInteger(trimmed)
    case 'BIGDECIMAL':
      return readDecimal(trimmed)
    default:
      throw new ExpressionError('EXPRESSION_VALUE', `There is no number type "${type}".`, {
        hint: 'There are INT, LONG, FLOAT, DOUBLE, BIGDECIMAL and BIGINTEGER.',
      })
  }
}

function readInteger(text: string): number | bigint {
  if (!/^[+-]?\d+$/.test(text)) throw notANumber(text, 'an integer')
  return exactInteger(String(readDecimal(text)))
}

function readReal(text: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw notANumber(text, 'a number')
  return Number(text)
}

function readDecimal(text: string): Decimal {
  const decimal = Decimal.parse(text)
  if (decimal === undefined) throw notANumber(text, 'a number')
  return decimal
}

function within(value: number | bigint, lowest: bigint, aboveHighest: bigint, type: string): number | bigint {
  if (value >= lowest && value < aboveHighest) return value
  throw new ExpressionError('EXPRESSION_VALUE', `${value} does not fit ${type}.`, {
    hint: 'BIGINTEGER takes any number of digits.',
  })
}

function notANumber(text: string, expected: string): ExpressionError {
  return new ExpressionError('EXPRESSION_VALUE', `${JSON.stringify(text.slice(0, 40))} is not ${expected}.`)
}
