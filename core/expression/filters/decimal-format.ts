import { ExpressionError } from '../errors.ts'
import { MAX_DIGITS } from '../limits.ts'
import { Decimal } from '../value/decimal.ts'
import { type Numeric, toDecimal } from '../value/number.ts'

/** One side of a pattern of Java's DecimalFormat, read. */
interface Format {
  readonly prefix: string
  readonly suffix: string
  readonly multiplier: number
  /** Digits between the separators of groups; 0 without groups. */
  readonly groupSize: number
  readonly minInteger: number
  readonly minFraction: number
  readonly maxFraction: number
  /** Digits of the exponent; 0 for a plain number. */
  readonly exponentDigits: number
  readonly maxInteger: number
}

/** Formats with a pattern of Java's DecimalFormat in the symbols of English, rounding half to even. */
export function formatNumber(number: Numeric, pattern: string): string {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new ExpressionError(
      'EXPRESSION_LIMIT',
      `A number format may have ${MAX_PATTERN_LENGTH} characters.`,
    )
  }
  const [positive = '', negative] = splitPattern(pattern)
  const value = toDecimal(number)
  const format = readFormat(positive)
  const isNegative = value.unscaled < 0n
  const digits = formatDigits(value.abs(), format)
  // "-0" is printed as "0": Java prints the sign, and nobody wants it.
  const isZero = !/[1-9]/.test(digits)
  if (!isNegative || isZero) return format.prefix + digits + format.suffix
  if (negative === undefined) return `-${format.prefix}${digits}${format.suffix}`
  const other = readFormat(negative)
  return other.prefix + digits + other.suffix
}

const MAX_PATTERN_LENGTH = 100

function splitPattern(pattern: string): string[] {
  const parts = ['']
  let isQuoted = false
  for (const character of pattern) {
    if (character === "'") isQuoted = !isQuoted
    if (character === ';' && !isQuoted) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts
}

function readFormat(pattern: string): Format {
  const [, prefix = '', number = '', suffix = ''] =
    /^((?:'[^']*'|[^#0.,'])*)([#0,]*(?:\.[#0]*)?(?:E0+)?)(.*)$/s.exec(pattern) ?? []
  const [mantissa = '', exponent = ''] = number.split('E')
  const [integer = '', fraction = ''] = mantissa.split('.')
  const isOrdered = /^[#,]*[0,]*$/.test(integer) && /^0*#*$/.test(fraction)
  if (!isOrdered || /[#0]/.test(suffix.replace(/'[^']*'/g, ''))) {
    throw new ExpressionError(
      'EXPRESSION_VALUE',
      `The number format ${JSON.stringify(pattern)} is not valid.`,
      {
        hint: 'Use "#" and "0" for digits, "," for groups, "." for the point; quote other uses of them.',
      },
    )
  }
  const groupSize = integer.includes(',') ? integer.length - integer.lastIndexOf(',') - 1 : 0
  const affixes = prefix + suffix
  return {
    prefix: unquoted(prefix),
    suffix: unquoted(suffix),
    multiplier: affixes.includes('%') ? 100 : affixes.includes('‰') ? 1000 : 1,
    groupSize,
    minInteger: countOf(integer, '0'),
    minFraction: countOf(fraction, '0'),
    maxFraction: fraction.length,
    exponentDigits: exponent.length,
    maxInteger: integer.replaceAll(',', '').length,
  }
}

function unquoted(affix: string): string {
  return affix.replaceAll("''", '\u0000').replaceAll("'", '').replaceAll('\u0000', "'")
}

function countOf(text: string, character: string): number {
  return text.split(character).length - 1
}

function formatDigits(value: Decimal, format: Format): string {
  if (format.exponentDigits > 0) return scientific(value, format)
  const scaled = value.times(Decimal.fromInteger(format.multiplier))
  return plain(scaled.rounded(format.maxFraction), format)
}

function plain(value: Decimal, format: Format): string {
  const [whole = '', decimals = ''] = value.toString().split('.')
  const significant = decimals.replace(/0+$/, '').padEnd(format.minFraction, '0')
  const integer = (whole === '0' ? '' : whole).padStart(format.minInteger, '0')
  // Without any digit at all, "#" still prints the zero.
  const shown = integer === '' && significant === '' ? '0' : integer
  return grouped(shown, format.groupSize) + (significant === '' ? '' : `.${significant}`)
}

function grouped(integer: string, size: number): string {
  if (size === 0) return integer
  const pieces: string[] = []
  for (let end = integer.length; end > 0; end -= size)
    pieces.unshift(integer.slice(Math.max(0, end - size), end))
  return pieces.join(',')
}

function scientific(value: Decimal, format: Format): string {
  const stripped = value.stripped()
  const digits = stripped.unscaled.toString()
  const integerDigits = Math.max(1, format.minInteger)
  const exponent = stripped.unscaled === 0n ? 0 : digits.length - stripped.scale - integerDigits
  if (Math.abs(exponent) > MAX_DIGITS)
    throw new ExpressionError('EXPRESSION_LIMIT', 'The exponent is too large.')
  const shift = stripped.scale + exponent
  const mantissa =
    shift >= 0
      ? new Decimal(stripped.unscaled, shift)
      : new Decimal(stripped.unscaled * 10n ** BigInt(-shift), 0)
  const power = `${exponent < 0 ? '-' : ''}${String(Math.abs(exponent)).padStart(format.exponentDigits, '0')}`
  return `${plain(mantissa.rounded(format.maxFraction), { ...format, groupSize: 0 })}E${power}`
}
