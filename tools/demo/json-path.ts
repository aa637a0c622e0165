/** What stands at a path such as `taskRunList.0.outputs` in parsed JSON; undefined if nothing does. */
export function valueAt(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => {
    return typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined
  }, value)
}

/** @throws Error if there is no text at the path */
export function textAt(value: unknown, path: string): string {
  const found = valueAt(value, path)
  if (typeof found === 'string') return found
  throw new Error(`There is no text at ${path} of ${JSON.stringify(value)}.`)
}

/** @throws Error if there is no list at the path; the empty path is the value itself */
export function listAt(value: unknown, path: string): readonly unknown[] {
  const found = path === '' ? value : valueAt(value, path)
  if (Array.isArray(found)) return found
  throw new Error(`There is no list at ${path || 'the top'} of ${JSON.stringify(value)}.`)
}
