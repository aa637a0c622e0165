import fc from 'fast-check'
import type { Decision } from '../events.ts'
import type { DagNode, Phase, PlanTask, Sequence } from '../plan/plan.ts'
import { flowable, task } from './harness.ts'
import type { World } from './model.ts'

const MAX_DEPTH = 3
const MAX_TASKS_IN_A_LIST = 3

/** Draws from a list of numbers that fast-check can shrink; zeros once it is used up, which mean the plainest choice. */
class Dice {
  readonly #numbers: readonly number[]
  #used = 0

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers
  }

  below(bound: number): number {
    return (this.#numbers[this.#used++] ?? 0) % bound
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === oneIn - 1
  }
}

/** Makes a flow of nested tasks, each with an id of its own. */
class FlowMaker {
  readonly #dice: Dice
  #count = 0

  constructor(dice: Dice) {
    this.#dice = dice
  }

  /** @param isSafe - the tasks must not fail, as their order is not fixed; told by their ids */
  sequence(depth: number, isSafe: boolean, least = 0): Sequence {
    const length = least + this.#dice.below(MAX_TASKS_IN_A_LIST + 1 - least)
    return Array.from({ length }, () => this.#task(depth, isSafe))
  }

  #task(depth: number, isSafe: boolean): PlanTask {
    const id = `${isSafe ? 'safe' : 'task'}${this.#count++}`
    const patch = {
      disabled: this.#dice.chance(8),
      allowFailure: this.#dice.chance(6),
      allowWarning: this.#dice.chance(6),
    }
    const kind = depth >= MAX_DEPTH ? 0 : this.#dice.below(10)
    const inner = (safe = isSafe) => this.sequence(depth + 1, safe).filter(({ disabled }) => !disabled)
    const branches = () =>
      this.#dice.chance(3) ? { errors: inner(), finally: this.#dice.chance(2) ? inner() : [] } : {}
    switch (kind) {
      case 1:
        return flowable(
          id,
          { kind: 'sequential', tasks: inner(), allowsFailure: this.#dice.chance(3) },
          { ...patch, ...branches() },
        )
      case 2:
        return flowable(
          id,
          { kind: 'parallel', tasks: inner(), limit: this.#dice.below(2) },
          { ...patch, ...branches() },
        )
      case 3:
        return flowable(
          id,
          { kind: 'if', whenTrue: inner(), whenFalse: inner() },
          { ...patch, ...branches() },
        )
      case 4: {
        const cases = new Map([
          ['a', inner()],
          ['b', inner()],
        ])
        return flowable(id, { kind: 'switch', cases, defaults: inner() }, { ...patch, ...branches() })
      }
      case 5:
      case 6: {
        const limit = this.#dice.below(4)
        const shape = { limit, isParallel: this.#dice.chance(4) }
        const tasks = inner(isSafe || limit > 1)
        return flowable(id, { kind: 'forEach', tasks, ...shape }, { ...patch, ...branches() })
      }
      case 7:
        return flowable(
          id,
          { kind: 'dag', nodes: this.#nodes(inner(true)), limit: this.#dice.below(3) },
          {
            ...patch,
            ...branches(),
          },
        )
      case 8:
        return flowable(id, { kind: 'loopUntil', tasks: inner() }, { ...patch, ...branches() })
      default: {
        const policy = { type: 'constant', intervalMs: 5, maxAttempts: 2 } as const
        const retry = this.#dice.chance(4)
          ? { retry: { ...policy, warningOnRetry: this.#dice.chance(2) } }
          : {}
        return task(id, { ...patch, ...retry })
      }
    }
  }

  /** Each depends on some of those before it. */
  #nodes(tasks: Sequence): readonly DagNode[] {
    const dependsOn = tasks.map((_, index) => {
      const before = Array.from({ length: index }, (_each, position) => position)
      return before.filter(() => this.#dice.chance(2))
    })
    return tasks.map((each, index) => ({
      task: each,
      dependsOn: dependsOn[index] ?? [],
      dependents: dependsOn.flatMap((names, position) => (names.includes(index) ? [position] : [])),
    }))
  }
}

/** The lists of tasks of a flow. */
export const randomFlow: fc.Arbitrary<Readonly<Record<Phase, Sequence>>> = fc
  .array(fc.nat({ max: 719 }), { minLength: 20, maxLength: 120 })
  .map((numbers) => {
    const maker = new FlowMaker(new Dice(numbers))
    return {
      tasks: maker.sequence(0, false, 1),
      errors: maker.sequence(MAX_DEPTH - 1, false),
      finally: maker.sequence(MAX_DEPTH - 1, false),
      afterExecution: maker.sequence(MAX_DEPTH - 1, false),
    }
  })

/** A world whose answers depend on the question and the seed only. */
export function randomWorld(seed: number): World {
  return {
    answer(key, attempt) {
      const draw = hash(`${seed}:${key}:${attempt}`) % 10
      if (draw === 0) return 'SKIPPED'
      if (draw === 1) return 'WARNING'
      return draw < 5 && !key.startsWith('safe') ? 'FAILED' : 'SUCCESS'
    },
    decide(key, { flowable: asked }): Decision {
      const draw = hash(`${seed}:${key}`)
      if (draw % 11 === 0) return { type: 'skip' }
      if (draw % 11 === 1 && !key.startsWith('safe')) {
        return { type: 'fail', error: { code: 'EXPRESSION_UNDEFINED', message: 'no' } }
      }
      switch (asked?.kind) {
        case 'if':
          return { type: 'enter', outputs: { evaluationResult: draw % 2 === 0 } }
        case 'switch':
          return { type: 'enter', outputs: { value: ['a', 'b', 'c'][draw % 3] ?? 'c' } }
        case 'forEach':
          return { type: 'enter', outputs: { values: ['x', 'y', 'z'].slice(0, draw % 4) } }
        default:
          return { type: 'enter' }
      }
    },
    isMet(key, iterations) {
      return iterations > hash(`${seed}:${key}`) % 3
    },
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0
  }
  return value >>> 4
}
