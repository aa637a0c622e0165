import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import type { PropertyPath } from '../path/property-path.ts'
import { isList } from './read-flow.ts'

/** A copy of an object with one value in it exchanged; the rest is shared with the original. */
export function replaceAt(root: JsonObject, path: PropertyPath, replacement: JsonObject): JsonObject {
  const [step, ...rest] = path
  if (step === undefined) return replacement
  return { ...root, [step]: replaceIn(root[step], rest, replacement) }
}

function replaceIn(value: JsonValue | undefined, path: PropertyPath, replacement: JsonObject): JsonValue {
  if (path.length === 0 || value === undefined || value === null || typeof value !== 'object')
    return replacement
  if (!isList(value)) return replaceAt(value, path, replacement)
  const [step, ...rest] = path
  return value.map((item, index) => (index === step ? replaceIn(item, rest, replacement) : item))
}
