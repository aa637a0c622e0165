import { Decimal } from './decimal.ts'
import { asDouble } from './real.ts'

/** The value of a number in a template: `10`, `10l`, `2.5`. Integers keep every digit; decimals that a double cannot
 * hold exactly to the digit become Decimal. */
export function parseNumberLiteral(text: string): unknown {
  const digits = text.replace(/[lL]$/, '')
  return digits.includes('.') ? exactDecimal(digits) : exactInteger(digits)
}

/** A number where it is safe, otherwise a bigint. `digits` has an optional sign and digits only. */
export function exactInteger(digits: string): number | bigint {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? (Object.is(value, -0) ? 0 : value) : BigInt(digits.replace(/^\+/, ''))
}

/** A double where up to 15 significant digits make it exact in text, otherwise a Decimal. */
export function exactDecimal(text: string): unknown {
  const significant = text.replace(/^[+-]?0*\.?0*|\.|[eE].*$/g, '').length
  const value = Number(text)
  if (significant <= 15 && Number.isFinite(value)) return asDouble(value)
  return Decimal.parse(text) ?? asDouble(value)
}
