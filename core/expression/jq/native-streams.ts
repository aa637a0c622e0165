import { MAX_ITEMS } from '../limits.ts'
import { isPlainObject } from '../value/kind.ts'
import { type Closure, fresh, type Item, type JqEvaluation, type Native } from './evaluation.ts'
import { jqLimit } from './jq-error.ts'
import { combinations, number, orFail, pathOf } from './native-values.ts'
import { getPath } from './path.ts'
import { isTruthy } from './value.ts'

/** Functions that take filters and give any number of results. */
export const STREAM_NATIVES: readonly (readonly [string, Native])[] = [
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
]

function* path(
  machine: JqEvaluation,
  item: Item,
  [closure]: readonly Closure[],
): Generator<Item, void, undefined> {
  for (const keys of machine.paths(orFail(closure), item.value)) yield fresh(keys)
}

/** Depth first without recursion: a chain of a million is only bounded by the steps. */
function recurseWith(next: (machine: JqEvaluation, item: Item) => Iterable<Item>): Native {
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

function* eachOf(machine: JqEvaluation, item: Item): Generator<Item, void, undefined> {
  if (Array.isArray(item.value) || isPlainObject(item.value)) yield* machine.each(item)
}

function* range(
  machine: JqEvaluation,
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
  machine: JqEvaluation,
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
  machine: JqEvaluation,
  item: Item,
  [count, closure]: readonly Closure[],
): Generator<Item, void, undefined> {
  for (const wanted of machine.applyValues(orFail(count), item)) {
    let left = number(wanted, 'skip')
    for (const result of machine.apply(orFail(closure), item)) if (left-- <= 0) yield result
  }
}

function* until(
  machine: JqEvaluation,
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
  machine: JqEvaluation,
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
