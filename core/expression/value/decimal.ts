import { ExpressionError } from '../errors.ts'
import { MAX_DIGITS } from '../limits.ts'

const DIVISION_DIGITS = 34

/** A decimal number of any precision, as Java's BigDecimal: `unscaled` x 10^-scale. */
export class Decimal {
  readonly unscaled: bigint
  readonly scale: number

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled
    this.scale = scale
  }

  /** Reads `12`, `-1.50`, `1e-7`. Undefined for anything else. @throws ExpressionError `EXPRESSION_LIMIT` */
  static parse(text: string): Decimal | undefined {
    const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/.exec(text)
    if (match === null) return undefined
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
    if (whole === '' && fraction === '') return undefined
    const scale = fraction.length - Number(exponent)
    if (whole.length + fraction.length > MAX_DIGITS || Math.abs(scale) > MAX_DIGITS) throw tooManyDigits()
    const unscaled = BigInt(whole + fraction)
    return Decimal.#of(sign === '-' ? -unscaled : unscaled, scale)
  }

  static fromInteger(value: number | bigint): Decimal {
    return new Decimal(BigInt(value), 0)
  }

  static #of(unscaled: bigint, scale: number): Decimal {
    return scale >= 0 ? new Decimal(unscaled, scale) : new Decimal(unscaled * 10n ** BigInt(-scale), 0)
  }

  plus(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale)
    return bounded(new Decimal(this.#at(scale) + other.#at(scale), scale))
  }

  minus(other: Decimal): Decimal {
    return this.plus(other.negated())
  }

  times(other: Decimal): Decimal {
    return bounded(new Decimal(this.unscaled * other.unscaled, this.scale + other.scale))
  }

  /** The quotient to 34 significant digits, half up, trailing zeros dropped. The divisor is not zero. */
  dividedBy(other: Decimal): Decimal {
    const shift = DIVISION_DIGITS + digitsOf(other.unscaled) - digitsOf(this.unscaled)
    const scale = this.scale - other.scale + shift
    const scaled = shift >= 0 ? this.unscaled * 10n ** BigInt(shift) : this.unscaled / 10n ** BigInt(-shift)
    return Decimal.#of(roundedQuotient(scaled, other.unscaled), scale).stripped()
  }

  remainder(other: Decimal): Decimal {
    const scale = Math.max(this.scale, other.scale)
    return new Decimal(this.#at(scale) % other.#at(scale), scale)
  }

  negated(): Decimal {
    return new Decimal(-this.unscaled, this.scale)
  }

  abs(): Decimal {
    return this.unscaled < 0n ? this.negated() : this
  }

  compare(other: Decimal): -1 | 0 | 1 {
    const scale = Math.max(this.scale, other.scale)
    const a = this.#at(scale)
    const b = other.#at(scale)
    return a < b ? -1 : a > b ? 1 : 0
  }

  /** Rounded half even to `scale` digits behind the point. */
  rounded(scale: number): Decimal {
    if (scale >= this.scale) return this
    const unit = 10n ** BigInt(this.scale - scale)
    const quotient = this.unscaled / unit
    const doubled = abs(this.unscaled % unit) * 2n
    const away = doubled > unit || (doubled === unit && quotient % 2n !== 0n)
    return new Decimal(away ? quotient + (this.unscaled < 0n ? -1n : 1n) : quotient, scale)
  }

  /** The same number without zeros at the end of its fraction. */
  stripped(): Decimal {
    let { unscaled, scale } = this
    while (scale > 0 && unscaled % 10n === 0n) {
      unscaled /= 10n
      scale--
    }
    return new Decimal(unscaled, scale)
  }

  isInteger(): boolean {
    return this.stripped().scale === 0
  }

  toNumber(): number {
    return Number(this.toString())
  }

  toString(): string {
    if (this.scale === 0) return this.unscaled.toString()
    const digits = abs(this.unscaled)
      .toString()
      .padStart(this.scale + 1, '0')
    const point = digits.length - this.scale
    return `${this.unscaled < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
  }

  #at(scale: number): bigint {
    return this.unscaled * 10n ** BigInt(scale - this.scale)
  }
}

function bounded(value: Decimal): Decimal {
  if (value.scale > MAX_DIGITS) throw tooManyDigits()
  checkDigits(value.unscaled)
  return value
}

const FIRST_TOO_LARGE = 10n ** BigInt(MAX_DIGITS)

/** @throws ExpressionError `EXPRESSION_LIMIT` beyond MAX_DIGITS */
export function checkDigits(value: bigint): bigint {
  if (value >= FIRST_TOO_LARGE || value <= -FIRST_TOO_LARGE) throw tooManyDigits()
  return value
}

function tooManyDigits(): ExpressionError {
  return new ExpressionError('EXPRESSION_LIMIT', `A number may have ${MAX_DIGITS} digits.`)
}

function digitsOf(value: bigint): number {
  return abs(value).toString().length
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  const remainder = abs(dividend % divisor)
  if (remainder * 2n < abs(divisor)) return quotient
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n
}
