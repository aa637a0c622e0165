import { Temporal } from 'temporal-polyfill'
import { Decimal } from './decimal.ts'
import { Real } from './real.ts'

/** A map as templates see it: a plain object or a Map. Nothing else of the host is ever looked into. */
export type PlainObject = Readonly<Record<string, unknown>>

/**
 * An object whose own properties are data: made by a literal, by JSON.parse or without a prototype, of whatever realm.
 * Class instances, functions and proxies of them are not, so their insides stay out of reach.
 */
export function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== 'object' || value === null) return false
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return true
  return (
    !Array.isArray(value) &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'hasOwnProperty')
  )
}

export function isMap(value: unknown): value is PlainObject | ReadonlyMap<unknown, unknown> {
  return value instanceof Map || isPlainObject(value)
}

export type DateTime = Temporal.ZonedDateTime

export function isDateTime(value: unknown): value is DateTime {
  return value instanceof Temporal.ZonedDateTime
}

/** A value's type in the words of an error message. */
export function describeKind(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'undefined'
  switch (typeof value) {
    case 'string':
      return 'a text'
    case 'number':
    case 'bigint':
      return 'a number'
    case 'boolean':
      return 'a boolean'
    default:
  }
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Real || value instanceof Decimal) return 'a number'
  if (isDateTime(value) || value instanceof Date) return 'a date'
  return isMap(value) ? 'a map' : 'an object that templates cannot use'
}
