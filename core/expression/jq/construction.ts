import { MAX_TEXT_LENGTH } from '../limits.ts'
import { setOwn } from '../value/map.ts'
import { type Env, fresh, type Item, type Items, type JqEvaluation } from './evaluation.ts'
import { applyFormat } from './format.ts'
import { JqError, jqLimit } from './jq-error.ts'
import type { JqNode } from './tree.ts'
import { typeOf } from './value.ts'

/** A text with expressions in it: one result for each combination of theirs, the last one's being the outer loop. */
export function* texts(
  machine: JqEvaluation,
  parts: readonly (string | JqNode)[],
  format: string | undefined,
  env: Env | undefined,
  item: Item,
  from = 0,
): Items {
  const part = parts[from]
  if (part === undefined) {
    yield fresh('')
    return
  }
  for (const rest of texts(machine, parts, format, env, item, from + 1)) {
    const pieces = typeof part === 'string' ? [part] : machine.values(part, env, item)
    for (const piece of pieces) {
      const text = typeof part === 'string' ? part : applyFormat(format ?? '@text', piece, machine)
      const whole = text + String(rest.value)
      machine.charge(whole.length >> 6)
      if (whole.length > MAX_TEXT_LENGTH) throw jqLimit('makes a text that is too long')
      yield fresh(whole)
    }
  }
}

/** A map: one result for each combination of its keys' and values' results. */
export function* maps(
  machine: JqEvaluation,
  entries: readonly (readonly [JqNode, JqNode])[],
  from: number,
  env: Env | undefined,
  item: Item,
): Generator<Record<string, unknown>, void, undefined> {
  const entry = entries[from]
  if (entry === undefined) {
    yield {}
    return
  }
  const [keyNode, valueNode] = entry
  for (const key of machine.values(keyNode, env, item)) {
    if (typeof key !== 'string') throw new JqError(`Object keys must be strings, not ${typeOf(key)}`)
    for (const value of machine.values(valueNode, env, item)) {
      for (const rest of maps(machine, entries, from + 1, env, item)) {
        const map: Record<string, unknown> = {}
        setOwn(map, key, value)
        for (const [name, other] of Object.entries(rest)) setOwn(map, name, other)
        machine.charge(1)
        yield map
      }
    }
  }
}
