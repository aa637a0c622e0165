import { Decimal } from './decimal.ts'
import { isMap } from './kind.ts'
import { sizeOf } from './map.ts'
import { Real } from './real.ts'

/** False are: false, null, 0, the empty text, the empty list, the empty map. */
export function isTrue(value: unknown): boolean {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'number':
      return value !== 0 && !Number.isNaN(value)
    case 'string':
      return value !== ''
    case 'bigint':
      return value !== 0n
    default:
  }
  if (value === null || value === undefined) return false
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Real) return value.value !== 0
  if (value instanceof Decimal) return value.unscaled !== 0n
  return isMap(value) ? sizeOf(value) > 0 : true
}

/** Null, the empty text, the empty list or the empty map. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.length === 0
  return isMap(value) && sizeOf(value) === 0
}
