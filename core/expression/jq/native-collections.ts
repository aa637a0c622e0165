import { jsonText } from '../value/json-text.ts'
import { isPlainObject } from '../value/kind.ts'
import { setOwn } from '../value/map.ts'
import { isNumeric, toNumber } from '../value/number.ts'
import type { JqEvaluation, Native } from './evaluation.ts'
import { JqError, jqLimit } from './jq-error.ts'
import { list, number, onValues, pathOf } from './native-values.ts'
import { deletePaths, indices, setPath } from './path.ts'
import { compareJq, describe, typeOf } from './value.ts'

/** Functions of lists and maps: looking into them, ordering them. */
export const COLLECTION_NATIVES: readonly (readonly [string, Native])[] = [
  ['length/0', onValues(lengthOf)],
  ['from_entries/0', onValues(fromEntries)],
  [
    'keys/0',
    onValues((input, _args, machine) => keysOf(input, machine).toSorted((a, b) => compareJq(a, b, machine))),
  ],
  ['keys_unsorted/0', onValues((input, _args, machine) => keysOf(input, machine))],
  ['has/1', onValues((input, [key]) => has(input, key))],
  ['contains/1', onValues((input, [other], machine) => contains(input, other, machine, 0))],
  ['setpath/2', onValues((input, [keys, value], machine) => setPath(input, pathOf(keys), value, machine))],
  ['delpaths/1', onValues((input, [paths], machine) => deletePaths(input, list(paths).map(pathOf), machine))],
  [
    'flatten/1',
    onValues((input, [depth], machine) => flatten(list(input), number(depth, 'flatten'), machine)),
  ],
  ['sort/0', onValues((input, _args, machine) => list(input).toSorted((a, b) => compareJq(a, b, machine)))],
  [
    '_sort_by/1',
    onValues((input, [keys], machine) =>
      sortedBy(list(input), list(keys), machine).map(([, value]) => value),
    ),
  ],
  ['_group_by/1', onValues((input, [keys], machine) => groupedBy(list(input), list(keys), machine))],
  ['_min_by/1', onValues((input, [keys], machine) => sortedBy(list(input), list(keys), machine)[0]?.[1])],
  ['_max_by/1', onValues((input, [keys], machine) => sortedBy(list(input), list(keys), machine).at(-1)?.[1])],
  ['min/0', onValues((input, _args, machine) => list(input).toSorted((a, b) => compareJq(a, b, machine))[0])],
  [
    'max/0',
    onValues((input, _args, machine) =>
      list(input)
        .toSorted((a, b) => compareJq(a, b, machine))
        .at(-1),
    ),
  ],
  [
    'reverse/0',
    onValues((input) =>
      typeof input === 'string'
        ? [...input].reverse().join('')
        : input === null
          ? []
          : [...list(input)].reverse(),
    ),
  ],
  ['indices/1', onValues(indicesOf)],
]

function lengthOf(input: unknown, _args: readonly unknown[], machine: JqEvaluation): unknown {
  if (input === null) return 0
  if (typeof input === 'string') {
    machine.charge(input.length >> 6)
    let count = 0
    for (const _ of input) count++
    return count
  }
  if (isNumeric(input)) return Math.abs(toNumber(input))
  if (Array.isArray(input)) return input.length
  if (isPlainObject(input)) return Object.keys(input).length
  throw new JqError(`${describe(input, machine)} has no length`)
}

function keysOf(input: unknown, machine: JqEvaluation): unknown[] {
  if (Array.isArray(input)) return [...input.keys()]
  if (!isPlainObject(input)) throw new JqError(`${describe(input, machine)} has no keys`)
  const keys = Object.keys(input)
  machine.charge(keys.length)
  return keys
}

const ENTRY_KEYS = ['key', 'k', 'name', 'Name', 'Key', 'K']
const ENTRY_VALUES = ['value', 'v', 'Value', 'V']

/** Native, because jq's own definition copies the map for each entry. */
function fromEntries(
  input: unknown,
  _args: readonly unknown[],
  machine: JqEvaluation,
): Record<string, unknown> {
  const map: Record<string, unknown> = {}
  for (const entry of list(input)) {
    machine.charge(1)
    const key = isPlainObject(entry) ? firstOf(entry, ENTRY_KEYS) : entry
    const name = typeof key === 'string' ? key : jsonText(key, machine)
    setOwn(map, name, isPlainObject(entry) ? firstOf(entry, ENTRY_VALUES) : null)
  }
  return map
}

function firstOf(entry: Readonly<Record<string, unknown>>, names: readonly string[]): unknown {
  const name = names.find((candidate) => Object.hasOwn(entry, candidate))
  return name === undefined ? null : entry[name]
}

function has(input: unknown, key: unknown): boolean {
  if (isPlainObject(input) && typeof key === 'string') return Object.hasOwn(input, key)
  if (Array.isArray(input) && isNumeric(key)) return toNumber(key) >= 0 && toNumber(key) < input.length
  throw new JqError(`Cannot check whether ${typeOf(input)} has a ${typeOf(key)} key`)
}

function contains(input: unknown, other: unknown, machine: JqEvaluation, depth: number): boolean {
  machine.charge(1)
  if (depth > MAX_CONTAINS_DEPTH) throw jqLimit('compares values that nest too deep')
  if (typeof input === 'string' && typeof other === 'string') {
    machine.charge(Math.ceil((input.length * other.length) / 4096))
    return input.includes(other)
  }
  if (Array.isArray(input) && Array.isArray(other)) {
    return other.every((wanted) =>
      input.some((item) => sameKind(item, wanted) && contains(item, wanted, machine, depth + 1)),
    )
  }
  if (isPlainObject(input) && isPlainObject(other)) {
    return Object.entries(other).every(
      ([key, wanted]) =>
        Object.hasOwn(input, key) &&
        sameKind(input[key], wanted) &&
        contains(input[key], wanted, machine, depth + 1),
    )
  }
  if (!sameKind(input, other)) {
    throw new JqError(
      `${describe(input, machine)} and ${describe(other, machine)} cannot have their containment checked`,
    )
  }
  return compareJq(input, other, machine) === 0
}

const MAX_CONTAINS_DEPTH = 300

function sameKind(a: unknown, b: unknown): boolean {
  return typeOf(a) === typeOf(b)
}

function flatten(items: readonly unknown[], depth: number, machine: JqEvaluation): unknown[] {
  if (depth < 0) throw new JqError('flatten depth must not be negative')
  const flat: unknown[] = []
  const waiting: { readonly list: readonly unknown[]; at: number; readonly depth: number }[] = [
    { list: items, at: 0, depth },
  ]
  for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
    machine.charge(1)
    if (top.at >= top.list.length) {
      waiting.pop()
      continue
    }
    const item = top.list[top.at++]
    if (Array.isArray(item) && top.depth > 0) waiting.push({ list: item, at: 0, depth: top.depth - 1 })
    else flat.push(item)
  }
  return flat
}

function sortedBy(
  items: readonly unknown[],
  keys: readonly unknown[],
  machine: JqEvaluation,
): (readonly [unknown, unknown])[] {
  const pairs = items.map((item, index) => [keys[index], item] as const)
  return pairs.toSorted(([a], [b]) => compareJq(a, b, machine))
}

function groupedBy(items: readonly unknown[], keys: readonly unknown[], machine: JqEvaluation): unknown[][] {
  const groups: unknown[][] = []
  let before: { readonly key: unknown } | undefined
  for (const [key, item] of sortedBy(items, keys, machine)) {
    if (before !== undefined && compareJq(before.key, key, machine) === 0) groups.at(-1)?.push(item)
    else groups.push([item])
    before = { key }
  }
  return groups
}

function indicesOf(input: unknown, [wanted]: readonly unknown[], machine: JqEvaluation): unknown {
  if (input === null) return null
  if (typeof input === 'string' && typeof wanted === 'string') return textIndices(input, wanted, machine)
  if (Array.isArray(input)) return indices(input, Array.isArray(wanted) ? wanted : [wanted], machine)
  throw new JqError(`Cannot determine indices of ${typeOf(wanted)} in ${typeOf(input)}`)
}

function textIndices(input: string, wanted: string, machine: JqEvaluation): number[] {
  if (wanted === '') return []
  machine.charge(Math.ceil((input.length * wanted.length) / 64))
  const found: number[] = []
  for (let at = input.indexOf(wanted); at !== -1; at = input.indexOf(wanted, at + 1)) found.push(at)
  return found
}
