import { CONFIG_PLACEHOLDER_DEPTH } from '../limits.ts'

/** Looks a name up; undefined if there is no such variable or key. */
export type PlaceholderLookup = (name: string) => string | undefined

/**
 * Replaces `${NAME}` and `${NAME:default}` in every text of a value. A default may hold placeholders itself; `$${` stands
 * for a literal `${`.
 *
 * @throws RangeError as a sentence, if a name without a default has no value or references run in a circle
 */
export function fillPlaceholders(value: unknown, lookup: PlaceholderLookup, depth = 0): unknown {
  if (typeof value === 'string') return fillText(value, lookup, depth)
  if (Array.isArray(value)) return value.map((item) => fillPlaceholders(item, lookup, depth))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, fillPlaceholders(item, lookup, depth)]),
    )
  }
  return value
}

function fillText(text: string, lookup: PlaceholderLookup, depth: number): string {
  if (depth > CONFIG_PLACEHOLDER_DEPTH)
    throw new RangeError('refers to itself, directly or by way of others.')
  let filled = ''
  let at = 0
  for (let open = text.indexOf('${'); open !== -1; open = text.indexOf('${', at)) {
    if (text[open - 1] === '$' && open > at) {
      filled += `${text.slice(at, open - 1)}\${`
      at = open + 2
      continue
    }
    const close = closingBrace(text, open + 2)
    if (close === undefined) throw new RangeError(`has a "\${" without its "}".`)
    const inner = text.slice(open + 2, close)
    const colon = inner.indexOf(':')
    const name = (colon === -1 ? inner : inner.slice(0, colon)).trim()
    const found = lookup(name)
    if (found === undefined && colon === -1) {
      throw new RangeError(
        `refers to \${${name}}, which is neither an environment variable nor a key; give it a default: \${${name}:…}.`,
      )
    }
    filled += text.slice(at, open) + fillText(found ?? inner.slice(colon + 1), lookup, depth + 1)
    at = close + 1
  }
  return filled + text.slice(at)
}

function closingBrace(text: string, from: number): number | undefined {
  let open = 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === '$' && text[at + 1] === '{') open++
    if (text[at] === '}' && --open === 0) return at
  }
  return undefined
}
