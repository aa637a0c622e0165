/**
 * A floating-point number whose kind a plain JavaScript number cannot carry: `10.0` is a double, not the integer 10, so
 * that `10.0 / 4` is 2.5 and prints as `2.5`. Plain numbers with a fraction are doubles as they are.
 */
export class Real {
  readonly value: number
  readonly kind: 'double' | 'float'

  constructor(value: number, kind: 'double' | 'float' = 'double') {
    this.value = value
    this.kind = kind
  }

  toString(): string {
    return Number.isInteger(this.value) && Math.abs(this.value) < 1e21
      ? `${BigInt(this.value)}.0`
      : String(this.value)
  }
}

/** The result of a floating-point operation: boxed only where it would look like an integer. */
export function asDouble(value: number): number | Real {
  return Number.isInteger(value) ? new Real(value) : value
}
