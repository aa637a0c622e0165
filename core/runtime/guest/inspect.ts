const MAX_DEPTH = 3
const MAX_ENTRIES = 100
const MAX_CHARS = 10_000

/** Joins what was given to `console` into one line, with the format specifiers of https://console.spec.whatwg.org. */
export function formatArguments(args: readonly unknown[]): string {
  const [first, ...rest] = args
  if (typeof first !== 'string') return args.map((argument) => show(argument)).join(' ')
  const pending = [...rest]
  const text = first.replace(/%[sdifoOc%]/g, (specifier) => {
    if (specifier === '%%') return '%'
    if (pending.length === 0) return specifier
    return substitute(specifier, pending.shift())
  })
  return [text, ...pending.map((argument) => show(argument))].join(' ')
}

function substitute(specifier: string, value: unknown): string {
  switch (specifier) {
    case '%s':
      return typeof value === 'object' ? show(value) : String(value)
    case '%d':
    case '%i':
      return typeof value === 'symbol' ? 'NaN' : String(Number.parseInt(String(value), 10))
    case '%f':
      return typeof value === 'symbol' ? 'NaN' : String(Number.parseFloat(String(value)))
    case '%c':
      return ''
    default:
      return show(value)
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, 0, new Set()).slice(0, MAX_CHARS)
}

function inspect(value: unknown, depth: number, seen: Set<object>): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `[Function ${value.name || '(anonymous)'}]`
  if (typeof value !== 'object' || value === null) return String(value)
  if (seen.has(value)) return '[Circular]'
  if (value instanceof Error) return value.stack ?? `${value.name}: ${value.message}`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof RegExp) return String(value)
  if (depth >= MAX_DEPTH) return Array.isArray(value) ? '[Array]' : '[Object]'
  seen.add(value)
  const text = inspectMembers(value, depth + 1, seen)
  seen.delete(value)
  return text
}

function inspectMembers(value: object, depth: number, seen: Set<object>): string {
  const inner = (member: unknown) => inspect(member, depth, seen)
  if (Array.isArray(value)) return `[ ${list(value.slice(0, MAX_ENTRIES).map(inner), value.length)} ]`
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value.byteLength} bytes)`
  if (value instanceof Map) {
    const entries = [...value]
      .slice(0, MAX_ENTRIES)
      .map(([key, member]) => `${inner(key)} => ${inner(member)}`)
    return `Map(${value.size}) { ${list(entries, value.size)} }`
  }
  if (value instanceof Set) {
    return `Set(${value.size}) { ${list([...value].slice(0, MAX_ENTRIES).map(inner), value.size)} }`
  }
  const keys = Object.keys(value)
  const name = value.constructor?.name
  const prefix = name === undefined || name === 'Object' ? '' : `${name} `
  const members = keys.slice(0, MAX_ENTRIES).map((key) => `${key}: ${inner(Reflect.get(value, key))}`)
  return `${prefix}{ ${list(members, keys.length)} }`
}

function list(shown: readonly string[], total: number): string {
  return total > shown.length ? [...shown, `… ${total - shown.length} more`].join(', ') : shown.join(', ')
}
