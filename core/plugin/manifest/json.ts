import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'

/**
 * Whether a value has JSON's shape and stays within a depth and a number of values. Use it on anything that did not
 * come from `JSON.parse`; it is iterative, so that no depth can exhaust the stack.
 */
export function isJsonWithin(value: unknown, maxDepth: number, maxValues: number): value is JsonValue {
  const pending: { value: unknown; depth: number }[] = [{ value, depth: 0 }]
  let seen = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (++seen > maxValues || next.depth > maxDepth) return false
    const inner = innerValues(next.value)
    if (inner === undefined) return false
    for (const child of inner) pending.push({ value: child, depth: next.depth + 1 })
  }
  return true
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const NONE: readonly unknown[] = []

function innerValues(value: unknown): readonly unknown[] | undefined {
  if (value === null) return NONE
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return NONE
    case 'number':
      return Number.isFinite(value) ? NONE : undefined
    case 'object':
      return Array.isArray(value) ? value : Object.values(value)
    default:
      return undefined
  }
}
