import { isNumeric, toNumber } from '../value/number.ts'
import { type Closure, fresh, type Item, type JqEvaluation, type Native } from './evaluation.ts'
import { JqError } from './jq-error.ts'
import type { JqPath } from './path.ts'
import { typeOf } from './value.ts'

/** A function of its input and of each combination of its arguments' values, the first argument being the outer loop. */
export function onValues(
  compute: (input: unknown, args: readonly unknown[], machine: JqEvaluation) => unknown,
): Native {
  return function* (machine, item, closures) {
    for (const args of combinations(machine, item, closures, 0))
      yield fresh(compute(item.value, args, machine))
  }
}

export function* combinations(
  machine: JqEvaluation,
  item: Item,
  closures: readonly Closure[],
  from: number,
): Generator<readonly unknown[], void, undefined> {
  const closure = closures[from]
  if (closure === undefined) {
    yield []
    return
  }
  for (const value of machine.applyValues(closure, item)) {
    for (const rest of combinations(machine, item, closures, from + 1)) yield [value, ...rest]
  }
}

export function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new JqError(`${name} requires a string, not ${typeOf(value)}`)
  return value
}

export function number(value: unknown, name: string): number {
  if (!isNumeric(value)) throw new JqError(`${name} requires a number, not ${typeOf(value)}`)
  return toNumber(value)
}

export function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new JqError(`An array is required, not ${typeOf(value)}`)
  return value
}

export function pathOf(keys: unknown): JqPath {
  if (!Array.isArray(keys)) throw new JqError('Path must be specified as an array')
  return keys
}

export function orFail(closure: Closure | undefined): Closure {
  if (closure === undefined) throw new Error('A jq function was called without its argument.')
  return closure
}
