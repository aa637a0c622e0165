import type { PlainObject } from './kind.ts'

/**
 * Sets an own property whatever its name: plain assignment of `__proto__` would change the prototype instead, and that of a
 * name that a frozen Object.prototype has would fail.
 */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key in Object.prototype) {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    target[key] = value
  }
}

export function keysOf(map: PlainObject | ReadonlyMap<unknown, unknown>): unknown[] {
  return map instanceof Map ? [...map.keys()] : Object.keys(map)
}

export function valuesOf(map: PlainObject | ReadonlyMap<unknown, unknown>): unknown[] {
  return map instanceof Map ? [...map.values()] : Object.values(map)
}

export function entriesOf(map: PlainObject | ReadonlyMap<unknown, unknown>): [unknown, unknown][] {
  return map instanceof Map ? [...map.entries()] : Object.entries(map)
}

export function sizeOf(map: PlainObject | ReadonlyMap<unknown, unknown>): number {
  return map instanceof Map ? map.size : Object.keys(map).length
}
