import { MAX_PARAMS_CHARS } from '../limits.ts'
import type { AttemptCalls, AttemptMethod } from '../runtime.ts'

type Check = (value: unknown) => boolean

const text: Check = (value) => typeof value === 'string' && value.length <= MAX_PARAMS_CHARS
const count: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const boolean: Check = (value) => typeof value === 'boolean'
const object: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)

/** What each call of a host must carry; the parent does nothing with parameters of another shape. */
const SHAPES: {
  readonly [M in AttemptMethod]: { readonly [K in keyof Required<AttemptCalls[M]['params']>]: Check }
} = {
  'storage.read': { uri: text, offset: count, length: count },
  'storage.stat': { uri: text },
  'storage.write': { uploadId: text, name: text, base64: text, done: boolean },
  'storage.delete': { uri: text },
  'kv.get': { key: text, namespace: optional(text) },
  'kv.set': { key: text, namespace: optional(text), valueJson: text, ttlMs: optional(count) },
  'kv.delete': { key: text, namespace: optional(text) },
  'kv.keys': { namespace: optional(text), prefix: optional(text) },
  'secret.get': { name: text },
  render: { template: text, variables: optional(object) },
}

export function isCallMethod(method: string): method is AttemptMethod {
  return Object.hasOwn(SHAPES, method)
}

/** The parameters that the method knows, and nothing beside them. */
export function knownParams(method: AttemptMethod, params: unknown): Readonly<Record<string, unknown>> {
  if (typeof params !== 'object' || params === null) return {}
  const names = Object.keys(SHAPES[method])
  return Object.fromEntries(Object.entries(params).filter(([name]) => names.includes(name)))
}

export function isCallParams<M extends AttemptMethod>(
  method: M,
  params: unknown,
): params is AttemptCalls[M]['params'] {
  if (typeof params !== 'object' || params === null) return false
  return Object.entries<Check>(SHAPES[method]).every(([name, check]) => check(Reflect.get(params, name)))
}
