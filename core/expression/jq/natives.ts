import { ExpressionError } from '../errors.ts'
import { parseNumber } from '../filters/parse-number.ts'
import { MAX_ITEMS } from '../limits.ts'
import { readJson } from '../value/json-reader.ts'
import { jsonText } from '../value/json-text.ts'
import { isPlainObject } from '../value/kind.ts'
import { setOwn } from '../value/map.ts'
import { isNumeric, toNumber } from '../value/number.ts'
import { DATE_NATIVES } from './date.ts'
import { textOfJq } from './format.ts'
import { JqError, jqLimit } from './jq-error.ts'
import { type Closure, fresh, type Item, type JqMachine, type Native } from './machine.ts'
import { MATH_NATIVES } from './math.ts'
import { combinations, number, onValues, text } from './native-values.ts'
import { deletePaths, getPath, indices, type JqPath, setPath } from './path.ts'
import { REGEX_NATIVES } from './regex.ts'
import { compareJq, describe, isTruthy, plain, splitText, typeOf } from './value.ts'

/** Functions that jq's manual lists and that need the host: by name and number of arguments. */
export const NATIVES: ReadonlyMap<string, Native> = new Map<string, Native>([
  ['empty/0', function* () {}],
  ['error/0', onValues((input) => raise(input))],
  ['error/1', onValues((_input, [value]) => raise(value))],
  ['not/0', onValues((input) => !isTruthy(input))],
  ['type/0', onValues((input) => typeOf(input))],
  ['length/0', onValues(lengthOf)],
  ['utf8bytelength/0', onValues((input) => new TextEncoder().encode(text(input, 'utf8bytelength')).length)],
  ['from_entries/0', onValues(fromEntries)],
  [
    'keys/0',
    onValues((input, _args, machine) => keysOf(input, machine).toSorted((a, b) => compareJq(a, b, machine))),
  ],
  ['keys_unsorted/0', onValues((input, _args, machine) => keysOf(input, machine))],
  ['has/1', onValues((input, [key]) => has(input, key))],
  ['contains/1', onValues((input, [other], machine) => contains(input, other, machine, 0))],
  ['path/1', path],
  [
    'getpath/1',
    function* (machine, item, [closure]) {
      for (const keys of machine.applyValues(orFail(closure), item)) {
        const value = getPath(item.value, pathOf(keys), machine)
        yield { value, path: item.path === undefined ? undefined : [...item.path, ...pathOf(keys)] }
      }
    },
  ],
  ['setpath/2', onValues((input, [keys, value], machine) => setPath(input, pathOf(keys), value, machine))],
  ['delpaths/1', onValues((input, [paths], machine) => deletePaths(input, list(paths).map(pathOf), machine))],
  ['recurse/0', recurseWith((machine, item) => eachOf(machine, item))],
  [
    'recurse/1',
    (machine, item, [closure]) => recurseWith((m, it) => m.apply(orFail(closure), it))(machine, item, []),
  ],
  [
    'recurse/2',
    (machine, item, [closure, condition]) =>
      recurseWith(function* (m, it) {
        for (const next of m.apply(orFail(closure), it)) {
          for (const holds of m.applyValues(orFail(condition), next)) if (isTruthy(holds)) yield next
        }
      })(machine, item, []),
  ],
  ['range/2', range],
  ['range/3', range],
  ['limit/2', limit],
  ['skip/2', skip],
  ['first/1', (machine, item, [closure]) => taken(machine.apply(orFail(closure), item), 1)],
  [
    'last/1',
    function* (machine, item, [closure]) {
      let last: Item | undefined
      for (const result of machine.apply(orFail(closure), item)) last = result
      if (last !== undefined) yield last
    },
  ],
  [
    'isempty/1',
    function* (machine, item, [closure]) {
      for (const _ of machine.apply(orFail(closure), item)) {
        yield fresh(false)
        return
      }
      yield fresh(true)
    },
  ],
  ['until/2', until],
  ['while/2', whileLoop],
  [
    'repeat/1',
    (machine, item, [closure]) => recurseWith((m, it) => m.apply(orFail(closure), it))(machine, item, []),
  ],
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
  ['tostring/0', onValues((input, _args, machine) => textOfJq(input, machine))],
  ['tojson/0', onValues((input, _args, machine) => jsonText(input, machine))],
  ['fromjson/0', onValues(fromJson)],
  ['tonumber/0', onValues(toNumberOf)],
  [
    'startswith/1',
    onValues((input, [prefix]) => text(input, 'startswith').startsWith(text(prefix, 'startswith'))),
  ],
  ['endswith/1', onValues((input, [suffix]) => text(input, 'endswith').endsWith(text(suffix, 'endswith')))],
  ['ltrimstr/1', onValues((input, [prefix]) => trimmed(input, prefix, 'start'))],
  ['rtrimstr/1', onValues((input, [suffix]) => trimmed(input, suffix, 'end'))],
  ['trim/0', onValues((input) => text(input, 'trim').trim())],
  ['ltrim/0', onValues((input) => text(input, 'ltrim').trimStart())],
  ['rtrim/0', onValues((input) => text(input, 'rtrim').trimEnd())],
  [
    'explode/0',
    onValues((input) => Array.from(text(input, 'explode'), (character) => character.codePointAt(0))),
  ],
  ['implode/0', onValues((input) => list(input).map(character).join(''))],
  [
    'split/1',
    onValues((input, [separator], machine) =>
      splitText(text(input, 'split'), text(separator, 'split'), machine),
    ),
  ],
  ['ascii/0', onValues((input) => character(input))],
  ...MATH_NATIVES,
  ...REGEX_NATIVES,
  ...DATE_NATIVES,
])

function raise(value: unknown): never {
  throw new JqError(value)
}

function orFail(closure: Closure | undefined): Closure {
  if (closure === undefined) throw new Error('A jq function was called without its argument.')
  return closure
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new JqError(`An array is required, not ${typeOf(value)}`)
  return value
}

function pathOf(keys: unknown): JqPath {
  if (!Array.isArray(keys)) throw new JqError('Path must be specified as an array')
  return keys
}

function lengthOf(input: unknown, _args: readonly unknown[], machine: JqMachine): unknown {
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

function keysOf(input: unknown, machine: JqMachine): unknown[] {
  if (Array.isArray(input)) return [...input.keys()]
  if (!isPlainObject(input)) throw new JqError(`${describe(input, machine)} has no keys`)
  const keys = Object.keys(input)
  machine.charge(keys.length)
  return keys
}

const ENTRY_KEYS = ['key', 'k', 'name', 'Name', 'Key', 'K']
const ENTRY_VALUES = ['value', 'v', 'Value', 'V']

/** Native, because jq's own definition copies the map for each entry. */
function fromEntries(input: unknown, _args: readonly unknown[], machine: JqMachine): Record<string, unknown> {
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

function contains(input: unknown, other: unknown, machine: JqMachine, depth: number): boolean {
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

function* path(
  machine: JqMachine,
  item: Item,
  [closure]: readonly Closure[],
): Generator<Item, void, undefined> {
  for (const keys of machine.paths(orFail(closure), item.value)) yield fresh(keys)
}

/** Depth first without recursion: a chain of a million is only bounded by the steps. */
function recurseWith(next: (machine: JqMachine, item: Item) => Iterable<Item>): Native {
  return function* (machine, item) {
    const stack: Iterator<Item>[] = []
    let current: Item | undefined = item
    while (current !== undefined) {
      machine.charge(1)
      yield current
      if (stack.length > MAX_ITEMS) throw jqLimit('recurses too deep')
      stack.push(next(machine, current)[Symbol.iterator]())
      current = nextOf(stack)
    }
  }
}

function nextOf(stack: Iterator<Item>[]): Item | undefined {
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const result = top.next()
    if (result.done !== true) return result.value
    stack.pop()
  }
  return undefined
}

function* eachOf(machine: JqMachine, item: Item): Generator<Item, void, undefined> {
  if (Array.isArray(item.value) || isPlainObject(item.value)) yield* machine.each(item)
}

function* range(
  machine: JqMachine,
  item: Item,
  closures: readonly Closure[],
): Generator<Item, void, undefined> {
  for (const [from, to, by = 1] of combinations(machine, item, closures, 0)) {
    const end = number(to, 'range')
    const step = number(by, 'range')
    if (step === 0 && number(from, 'range') < end) throw jqLimit('ranges without an end')
    for (let at = number(from, 'range'); step > 0 ? at < end : at > end; at += step) {
      machine.charge(1)
      yield fresh(at)
    }
  }
}

function* limit(
  machine: JqMachine,
  item: Item,
  [count, closure]: readonly Closure[],
): Generator<Item, void, undefined> {
  for (const wanted of machine.applyValues(orFail(count), item)) {
    yield* taken(machine.apply(orFail(closure), item), number(wanted, 'limit'))
  }
}

function* taken(items: Iterable<Item>, count: number): Generator<Item, void, undefined> {
  if (count <= 0) return
  let left = count
  for (const item of items) {
    yield item
    if (--left <= 0) return
  }
}

function* skip(
  machine: JqMachine,
  item: Item,
  [count, closure]: readonly Closure[],
): Generator<Item, void, undefined> {
  for (const wanted of machine.applyValues(orFail(count), item)) {
    let left = number(wanted, 'skip')
    for (const result of machine.apply(orFail(closure), item)) if (left-- <= 0) yield result
  }
}

function* until(
  machine: JqMachine,
  item: Item,
  [condition, update]: readonly Closure[],
): Generator<Item, void, undefined> {
  const waiting: Item[] = [item]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    machine.charge(1)
    for (const holds of machine.applyValues(orFail(condition), next)) {
      if (isTruthy(holds)) yield next
      else waiting.push(...[...machine.apply(orFail(update), next)].reverse())
    }
  }
}

function* whileLoop(
  machine: JqMachine,
  item: Item,
  [condition, update]: readonly Closure[],
): Generator<Item, void, undefined> {
  const waiting: Item[] = [item]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    machine.charge(1)
    for (const holds of machine.applyValues(orFail(condition), next)) {
      if (!isTruthy(holds)) continue
      yield next
      waiting.push(...[...machine.apply(orFail(update), next)].reverse())
    }
  }
}

function flatten(items: readonly unknown[], depth: number, machine: JqMachine): unknown[] {
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
  machine: JqMachine,
): (readonly [unknown, unknown])[] {
  const pairs = items.map((item, index) => [keys[index], item] as const)
  return pairs.toSorted(([a], [b]) => compareJq(a, b, machine))
}

function groupedBy(items: readonly unknown[], keys: readonly unknown[], machine: JqMachine): unknown[][] {
  const groups: unknown[][] = []
  let before: { readonly key: unknown } | undefined
  for (const [key, item] of sortedBy(items, keys, machine)) {
    if (before !== undefined && compareJq(before.key, key, machine) === 0) groups.at(-1)?.push(item)
    else groups.push([item])
    before = { key }
  }
  return groups
}

function indicesOf(input: unknown, [wanted]: readonly unknown[], machine: JqMachine): unknown {
  if (input === null) return null
  if (typeof input === 'string' && typeof wanted === 'string') return textIndices(input, wanted, machine)
  if (Array.isArray(input)) return indices(input, Array.isArray(wanted) ? wanted : [wanted], machine)
  throw new JqError(`Cannot determine indices of ${typeOf(wanted)} in ${typeOf(input)}`)
}

function textIndices(input: string, wanted: string, machine: JqMachine): number[] {
  if (wanted === '') return []
  machine.charge(Math.ceil((input.length * wanted.length) / 64))
  const found: number[] = []
  for (let at = input.indexOf(wanted); at !== -1; at = input.indexOf(wanted, at + 1)) found.push(at)
  return found
}

function fromJson(input: unknown, _args: readonly unknown[], machine: JqMachine): unknown {
  try {
    const value = readJson(text(input, 'fromjson'), machine)
    return isNumeric(value) ? plain(value) : value
  } catch (error) {
    if (error instanceof ExpressionError) throw new JqError(error.summary)
    throw error
  }
}

function toNumberOf(input: unknown): unknown {
  if (isNumeric(input)) return input
  try {
    return plain(parseNumber(text(input, 'tonumber'), undefined))
  } catch (error) {
    if (error instanceof ExpressionError) throw new JqError(`Cannot be parsed as a number: ${error.summary}`)
    throw error
  }
}

function trimmed(input: unknown, piece: unknown, side: 'start' | 'end'): unknown {
  if (typeof input !== 'string' || typeof piece !== 'string' || piece === '') return input
  if (side === 'start') return input.startsWith(piece) ? input.slice(piece.length) : input
  return input.endsWith(piece) ? input.slice(0, -piece.length) : input
}

function character(code: unknown): string {
  const point = number(code, 'implode')
  if (!Number.isInteger(point) || point < 0 || point > 0x10ffff) throw new JqError('Invalid codepoint')
  return String.fromCodePoint(point)
}
