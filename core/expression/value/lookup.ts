import { isPlainObject, type PlainObject } from './kind.ts'
import { Real } from './real.ts'

/**
 * The value of an attribute or item, or undefined when there is none. Own properties of plain data only: no prototypes,
 * no methods, no insides of host objects.
 */
export function lookup(object: unknown, key: unknown): unknown {
  if (Array.isArray(object)) return itemOf(object, key)
  if (typeof object === 'string') return key === 'length' || key === 'size' ? object.length : undefined
  if (typeof object !== 'object' || object === null) return undefined
  if (object instanceof Map) return object.get(object.has(key) ? key : keyText(key))
  return ownValue(object, typeof key === 'string' ? key : keyText(key))
}

/** An own property of a plain object. Functions are not data: they count as missing. */
export function ownValue(object: object, key: string): unknown {
  if (!Object.hasOwn(object, key) || !isPlainObject(object)) return undefined
  const value = object[key]
  return typeof value === 'function' ? undefined : value
}

/**
 * `lookup` for a key that is known beforehand. A name that Object.prototype does not have can only be an own one of a plain
 * object, which makes the check of ownership needless.
 */
export function lookupOf(key: string): (object: unknown) => unknown {
  if (!isOwnOnly(key)) return (object) => lookup(object, key)
  return (object) => {
    if (!isOrdinary(object)) return lookup(object, key)
    const value = object[key]
    return typeof value === 'function' ? undefined : value
  }
}

/** Whether a name can be an own one only, as Object.prototype does not have it. */
export function isOwnOnly(name: string): boolean {
  return !(name in Object.prototype)
}

/** An object made by a literal or by JSON.parse, whose names that `isOwnOnly` may be read without further checks. */
export function isOrdinary(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** The names that could have been meant, for error messages and the editor. */
export function namesIn(object: unknown): string[] {
  if (object instanceof Map) return [...object.keys()].map(String)
  return isPlainObject(object) ? Object.keys(object) : []
}

function itemOf(list: readonly unknown[], key: unknown): unknown {
  if (typeof key === 'number') return list[key]
  const text = keyText(key)
  if (text === 'length' || text === 'size') return list.length
  return /^\d{1,10}$/.test(text) ? list[Number(text)] : undefined
}

/** Maps have text keys: `{"1": …}[1]` finds its entry. */
function keyText(key: unknown): string {
  if (typeof key === 'string') return key
  if (key instanceof Real) return String(key.value)
  return typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean' ? String(key) : ''
}
