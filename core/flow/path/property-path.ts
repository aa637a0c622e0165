/** Where a value stands within another: names of properties and positions in lists, outermost first. */
export type PropertyPath = readonly (string | number)[]

const PLAIN_NAME = /^[A-Za-z_$][\w$-]*$/

/** `['tasks', 0, 'headers', 'x.y']` as `tasks[0].headers["x.y"]`. */
export function formatPath(path: PropertyPath): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (!PLAIN_NAME.test(part)) text += `[${JSON.stringify(part)}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}

// A quoted name, a position, or a plain name; anything else ends the path where it stands.
const PART = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\.?([^.[\]]+)/y

/** The inverse of {@link formatPath}; lenient, since other rooms write paths too: it reads as far as it can. */
export function parsePath(text: string): PropertyPath {
  const path: (string | number)[] = []
  PART.lastIndex = 0
  for (let found = PART.exec(text); found !== null; found = PART.exec(text)) {
    const [, quoted, position, name] = found
    if (quoted !== undefined) path.push(unquote(quoted))
    else if (position !== undefined) path.push(Number(position))
    else if (name !== undefined) path.push(name)
  }
  return path
}

function unquote(escaped: string): string {
  try {
    return String(JSON.parse(`"${escaped}"`))
  } catch {
    return escaped
  }
}

/** Reads own properties only: a path never reaches a prototype. */
export function valueAt(root: unknown, path: PropertyPath): unknown {
  let value = root
  for (const part of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined
    value = Reflect.get(value, part)
  }
  return value
}
