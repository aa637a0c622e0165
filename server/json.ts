/** JSON as plain data; the same shape as the plugin manifest's. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
export type JsonObject = { readonly [key: string]: JsonValue }

/**
 * Checks that a value is JSON of at most `maxDepth` levels. Names that would change an object's prototype are refused.
 *
 * @throws RangeError naming the path of what is wrong
 */
export function asJson(value: unknown, maxDepth: number, path = ''): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (maxDepth === 0) throw new RangeError(`${path || 'It'} is nested too deeply.`)
  if (Array.isArray(value)) return value.map((item, index) => asJson(item, maxDepth - 1, `${path}[${index}]`))
  if (typeof value === 'object' && isPlain(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        if (key === '__proto__') throw new RangeError(`${path || 'It'} holds the name __proto__.`)
        return [key, asJson(item, maxDepth - 1, path === '' ? key : `${path}.${key}`)]
      }),
    )
  }
  throw new RangeError(`${path || 'It'} is not JSON.`)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
