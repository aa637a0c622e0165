import { Decimal } from '../value/decimal.ts'
import { isDateTime, isMap } from '../value/kind.ts'
import { Real } from '../value/real.ts'

const LONG_LIMIT = 2n ** 63n

/** Names that flows of the reference platform compare with. An integer is an Integer while it fits 32 bits. */
export function className(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'java.lang.String'
    case 'boolean':
      return 'java.lang.Boolean'
    case 'number':
      if (!Number.isInteger(value)) return 'java.lang.Double'
      return value === (value | 0) ? 'java.lang.Integer' : 'java.lang.Long'
    case 'bigint':
      return value >= -LONG_LIMIT && value < LONG_LIMIT ? 'java.lang.Long' : 'java.math.BigInteger'
    default:
  }
  if (value instanceof Real) return value.kind === 'float' ? 'java.lang.Float' : 'java.lang.Double'
  if (value instanceof Decimal) return 'java.math.BigDecimal'
  if (isDateTime(value)) return 'java.time.ZonedDateTime'
  if (value instanceof Date) return 'java.util.Date'
  if (Array.isArray(value)) return 'java.util.ArrayList'
  return isMap(value) ? 'java.util.LinkedHashMap' : 'java.lang.Object'
}
