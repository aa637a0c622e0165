import type { Env, Item, Items, JqEvaluation } from './evaluation.ts'
import { JqError } from './jq-error.ts'
import { getKey } from './path.ts'
import type { JqPattern } from './tree.ts'

/** Runs a body with the names of a pattern bound; `?//` goes on to the next pattern after an error. */
export function* bound(
  machine: JqEvaluation,
  patterns: readonly JqPattern[],
  value: unknown,
  env: Env | undefined,
  item: Item,
  body: (env: Env | undefined) => Items,
): Items {
  const names = patterns.length > 1 ? patterns.flatMap(namesOf) : []
  const base = names.reduce<Env | undefined>(
    (outer, name) => ({ type: 'variable', name, value: null, outer }),
    env,
  )
  for (const [index, pattern] of patterns.entries()) {
    try {
      for (const named of bindings(machine, pattern, value, base, item)) yield* body(named)
      return
    } catch (error) {
      if (!(error instanceof JqError) || index === patterns.length - 1) throw error
    }
  }
}

function* bindings(
  machine: JqEvaluation,
  pattern: JqPattern,
  value: unknown,
  env: Env | undefined,
  item: Item,
): Generator<Env | undefined> {
  if (pattern.type === 'variable') {
    yield { type: 'variable', name: pattern.name, value, outer: env }
  } else if (pattern.type === 'list') {
    yield* listBindings(machine, pattern.items, 0, value, env, item)
  } else yield* mapBindings(machine, pattern.entries, 0, value, env, item)
}

function* listBindings(
  machine: JqEvaluation,
  items: readonly JqPattern[],
  from: number,
  value: unknown,
  env: Env | undefined,
  item: Item,
): Generator<Env | undefined> {
  const pattern = items[from]
  if (pattern === undefined) {
    yield env
    return
  }
  for (const named of bindings(machine, pattern, getKey(value, from, machine), env, item)) {
    yield* listBindings(machine, items, from + 1, value, named, item)
  }
}

function* mapBindings(
  machine: JqEvaluation,
  entries: (JqPattern & { readonly type: 'map' })['entries'],
  from: number,
  value: unknown,
  env: Env | undefined,
  item: Item,
): Generator<Env | undefined> {
  const entry = entries[from]
  if (entry === undefined) {
    yield env
    return
  }
  for (const key of machine.values(entry.key, env, item)) {
    const inner = getKey(value, key, machine)
    const named: Env | undefined =
      entry.variable === undefined
        ? env
        : { type: 'variable', name: entry.variable, value: inner, outer: env }
    const inside =
      entry.pattern === undefined ? [named] : bindings(machine, entry.pattern, inner, named, item)
    for (const below of inside) yield* mapBindings(machine, entries, from + 1, value, below, item)
  }
}

function namesOf(pattern: JqPattern): string[] {
  if (pattern.type === 'variable') return [pattern.name]
  if (pattern.type === 'list') return pattern.items.flatMap(namesOf)
  return pattern.entries.flatMap((entry) => [
    ...(entry.variable === undefined ? [] : [entry.variable]),
    ...(entry.pattern === undefined ? [] : namesOf(entry.pattern)),
  ])
}
