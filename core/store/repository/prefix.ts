import type { Knex } from 'knex'

const LAST_CODE_POINT = 0x10ffff
const FIRST_SURROGATE = 0xd800
const LAST_SURROGATE = 0xdfff

/**
 * The least text that is greater than every text with this prefix, by code point; undefined if there is none. Used
 * instead of LIKE: an index serves a range on both databases, and no character of the prefix is a wildcard.
 */
export function endOfPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  while (points.length > 0) {
    const last = points.pop() ?? 0
    if (last < LAST_CODE_POINT) {
      const next = last + 1 === FIRST_SURROGATE ? LAST_SURROGATE + 1 : last + 1
      return String.fromCodePoint(...points, next)
    }
  }
  return undefined
}

export function wherePrefix(query: Knex.QueryBuilder, column: string, prefix: string): void {
  if (prefix === '') return
  query.where(column, '>=', prefix)
  const end = endOfPrefix(prefix)
  if (end !== undefined) query.where(column, '<', end)
}

/** A namespace and those below it: `a.b` gives `a.b` and `a.b.c`, never `a.bc`. */
export function whereNamespace(query: Knex.QueryBuilder, column: string, namespace: string): void {
  query.where((either) => {
    either.where(column, namespace).orWhere((below) => wherePrefix(below, column, `${namespace}.`))
  })
}
