import { MAX_ITEMS } from '../limits.ts'
import { isPlainObject } from '../value/kind.ts'
import { setOwn } from '../value/map.ts'
import type { Meter } from '../value/meter.ts'
import { isNumeric, toNumber } from '../value/number.ts'
import { JqError, jqLimit } from './jq-error.ts'
import { compareJq, copyOf, describe, typeOf } from './value.ts'

export type JqPath = readonly unknown[]

/** What `.[key]` gives: null where there is nothing. */
export function getKey(target: unknown, key: unknown, meter: Meter): unknown {
  if (target === null || target === undefined) return null
  if (isPlainObject(target) && typeof key === 'string')
    return Object.hasOwn(target, key) ? (target[key] ?? null) : null
  if (Array.isArray(target) && isNumeric(key)) return target[indexIn(target.length, key)] ?? null
  if (isSlice(key) && (Array.isArray(target) || typeof target === 'string')) return slice(target, key, meter)
  if (Array.isArray(target) && Array.isArray(key)) return indices(target, key, meter)
  const wanted = typeof key === 'string' ? `"${key.slice(0, 30)}"` : describe(key, meter)
  throw new JqError(`Cannot index ${typeOf(target)} with ${wanted}`)
}

/** Positions at which a list holds another list. */
export function indices(list: readonly unknown[], wanted: readonly unknown[], meter: Meter): number[] {
  if (wanted.length === 0) return []
  meter.charge(list.length * wanted.length)
  const found: number[] = []
  for (let at = 0; at + wanted.length <= list.length; at++) {
    if (wanted.every((item, offset) => compareJq(item, list[at + offset], meter) === 0)) found.push(at)
  }
  return found
}

export function getPath(target: unknown, path: JqPath, meter: Meter): unknown {
  let value = target
  for (const key of path) {
    if (value === null || value === undefined) return null
    value = getKey(value, key, meter)
  }
  return value ?? null
}

/** A copy of the target with the value at the path; what lies beside is shared. */
export function setPath(target: unknown, path: JqPath, value: unknown, meter: Meter): unknown {
  const [key, ...rest] = path
  if (path.length === 0) return value
  meter.charge(1)
  if (isSlice(key)) return setSlice(target, key, rest, value, meter)
  const inner = setPath(getKey(target, key, meter), rest, value, meter)
  if (typeof key === 'string') {
    const copy = isPlainObject(target) ? copyOf(target, meter) : {}
    setOwn(copy, key, inner)
    return copy
  }
  if (!isNumeric(key)) throw new JqError(`Cannot update field at ${typeOf(key)} index of ${typeOf(target)}`)
  const copy: unknown[] = Array.isArray(target) ? [...target] : []
  meter.charge(copy.length >> 4)
  const index = indexIn(copy.length, key)
  if (index < 0) throw new JqError('Out of bounds negative array index')
  if (index >= MAX_ITEMS) throw jqLimit('makes a list that is too long')
  while (copy.length < index) copy.push(null)
  copy[index] = inner
  return copy
}

/** The target without what stands at the paths. */
export function deletePaths(target: unknown, paths: readonly JqPath[], meter: Meter): unknown {
  // From the last to the first, so that indexes in a list stay true.
  let result = target
  for (const path of paths.toSorted((a, b) => -compareJq(a, b, meter)))
    result = deletePath(result, path, meter)
  return result
}

function deletePath(target: unknown, path: JqPath, meter: Meter): unknown {
  const [key, ...rest] = path
  if (path.length === 0 || target === null) return null
  meter.charge(1)
  if (rest.length > 0) {
    const inner = getKey(target, key, meter)
    return inner === null ? target : setPath(target, [key], deletePath(inner, rest, meter), meter)
  }
  if (isPlainObject(target) && typeof key === 'string') {
    const copy = copyOf(target, meter)
    delete copy[key]
    return copy
  }
  if (Array.isArray(target) && isNumeric(key)) {
    const index = indexIn(target.length, key)
    meter.charge(target.length >> 4)
    return target.filter((_, at) => at !== index)
  }
  if (Array.isArray(target) && isSlice(key)) {
    const [from, to] = bounds(target.length, key)
    meter.charge(target.length >> 4)
    return [...target.slice(0, from), ...target.slice(to)]
  }
  throw new JqError(`Cannot delete field at ${typeOf(key)} index of ${typeOf(target)}`)
}

/** The form of a slice in a path: `{"start": 1, "end": 3}`. */
interface SliceKey {
  readonly start: unknown
  readonly end: unknown
}

function isSlice(key: unknown): key is SliceKey & Readonly<Record<string, unknown>> {
  return isPlainObject(key) && Object.hasOwn(key, 'start') && Object.hasOwn(key, 'end')
}

function slice(target: readonly unknown[] | string, key: SliceKey, meter: Meter): unknown {
  meter.charge(target.length >> 4)
  if (typeof target === 'string') {
    const characters = [...target]
    return characters.slice(...bounds(characters.length, key)).join('')
  }
  return target.slice(...bounds(target.length, key))
}

function setSlice(target: unknown, key: SliceKey, rest: JqPath, value: unknown, meter: Meter): unknown {
  if (target !== null && !Array.isArray(target)) throw new JqError(`Cannot update slice of ${typeOf(target)}`)
  const list: readonly unknown[] = target ?? []
  const [from, to] = bounds(list.length, key)
  const inner = setPath(list.slice(from, to), rest, value, meter)
  if (!Array.isArray(inner)) throw new JqError('A slice of an array can only be assigned another array')
  meter.charge((list.length + inner.length) >> 4)
  return [...list.slice(0, from), ...inner, ...list.slice(to)]
}

function bounds(length: number, { start, end }: SliceKey): [number, number] {
  const from = start === null ? 0 : bound(length, start, Math.floor)
  const to = end === null ? length : bound(length, end, Math.ceil)
  return [from, Math.max(from, to)]
}

function bound(length: number, value: unknown, round: (value: number) => number): number {
  if (!isNumeric(value)) throw new JqError('Start and end indices of an array slice must be numbers')
  const index = round(toNumber(value))
  return Math.min(length, Math.max(0, index < 0 ? index + length : index))
}

function indexIn(length: number, key: unknown): number {
  const index = isNumeric(key) ? Math.floor(toNumber(key)) : 0
  return index < 0 ? index + length : index
}
