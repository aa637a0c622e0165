import type { Decision } from '../events.ts'
import type { State } from '../model.ts'
import type { Phase, PlanTask, Sequence } from '../plan/plan.ts'
import type { Answer } from './harness.ts'

/** What the world answers; the same question always gets the same answer. `key`: task id and the values of the loops around. */
export interface World {
  answer(key: string, attempt: number): Answer
  decide(key: string, task: PlanTask): Decision
  /** Whether a loop's condition holds after so many iterations. */
  isMet(key: string, iterations: number): boolean
}

type Outcome = 'fine' | 'warned' | 'failed'

/**
 * Runs a flow by plain recursion, one task after the other: slow, and so simple that it is obviously right. It holds
 * for flows whose outcome does not depend on who is first: a graph, or a loop with a limit above one, must not fail.
 */
export class Model {
  /** Final states, by key. */
  readonly states = new Map<string, State>()
  /** How many task runs there were; a loop has several of one key. */
  count = 0
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** @returns the final state of the execution */
  run(sequences: Readonly<Partial<Record<Phase, Sequence>>>): State {
    const outcome = this.#withBranches(
      () => this.#sequence(sequences.tasks ?? [], []),
      sequences.errors ?? [],
      sequences.finally ?? [],
      [],
    )
    this.#sequence(sequences.afterExecution ?? [], [])
    return outcome === 'failed' ? 'FAILED' : outcome === 'warned' ? 'WARNING' : 'SUCCESS'
  }

  #withBranches(main: () => Outcome, errors: Sequence, last: Sequence, values: readonly string[]): Outcome {
    const outcomes = [main()]
    if (outcomes[0] === 'failed') outcomes.push(this.#sequence(errors, values))
    outcomes.push(this.#sequence(last, values))
    return worst(outcomes)
  }

  #sequence(tasks: Sequence, values: readonly string[]): Outcome {
    const outcomes: Outcome[] = []
    for (const task of tasks) {
      if (task.disabled) continue
      const state = this.#task(task, values)
      outcomes.push(state === 'FAILED' ? 'failed' : state === 'WARNING' ? 'warned' : 'fine')
      if (state === 'FAILED') break
    }
    return worst(outcomes)
  }

  #task(task: PlanTask, values: readonly string[]): State {
    const key = [task.taskId, ...values].join('/')
    const state = task.flowable ? this.#flowable(task, key, values) : this.#leaf(task, key)
    this.states.set(key, state)
    this.count++
    return state
  }

  #leaf(task: PlanTask, key: string): State {
    const mostAttempts = task.retry?.maxAttempts ?? 1
    for (let attempt = 0; ; attempt++) {
      const answer = this.#world.answer(key, attempt)
      if (answer === 'FAILED' && attempt + 1 < mostAttempts) continue
      const isWarned = answer === 'SUCCESS' && attempt > 0 && task.retry?.warningOnRetry === true
      return soften(task, isWarned ? 'WARNING' : answer)
    }
  }

  #flowable(task: PlanTask, key: string, values: readonly string[]): State {
    const { flowable } = task
    if (flowable === undefined) return 'FAILED'
    const decision: Decision = flowable.isEvaluated ? this.#world.decide(key, task) : { type: 'enter' }
    if (decision.type === 'skip') return 'SKIPPED'
    if (decision.type !== 'enter') return soften(task, 'FAILED')
    const main = () => this.#main(task, decision.outputs ?? {}, values)
    const outcome = this.#withBranches(main, flowable.errors, flowable.finally, values)
    return soften(task, outcome === 'failed' ? 'FAILED' : outcome === 'warned' ? 'WARNING' : 'SUCCESS')
  }

  #main(task: PlanTask, outputs: NonNullable<unknown>, values: readonly string[]): Outcome {
    const { flowable } = task
    const found: unknown = Reflect.get(outputs, 'value')
    switch (flowable?.kind) {
      case undefined:
        return 'fine'
      case 'sequential':
        return this.#sequence(flowable.tasks, values)
      case 'if':
        return this.#sequence(
          Reflect.get(outputs, 'evaluationResult') === true ? flowable.whenTrue : flowable.whenFalse,
          values,
        )
      case 'switch':
        return this.#sequence(flowable.cases.get(String(found)) ?? flowable.defaults, values)
      case 'parallel':
        return this.#lanes(
          flowable.tasks.map((one) => [[one], values] as const),
          flowable.limit,
        )
      case 'dag':
        return this.#lanes(
          flowable.nodes.map((node) => [[node.task], values] as const),
          0,
        )
      case 'loopUntil': {
        const key = [task.taskId, ...values].join('/')
        const outcomes: Outcome[] = []
        for (let iterations = 1; flowable.tasks.length > 0; iterations++) {
          outcomes.push(this.#sequence(flowable.tasks, values))
          if (outcomes.at(-1) === 'failed' || this.#world.isMet(key, iterations)) break
        }
        return worst(outcomes)
      }
      case 'forEach': {
        const given: unknown = Reflect.get(outputs, 'values')
        const lanes = (Array.isArray(given) ? given : []).flatMap((value) => {
          const inner = [...values, String(value)]
          const all = flowable.tasks
          return flowable.isParallel ? all.map((one) => [[one], inner] as const) : [[all, inner] as const]
        })
        return this.#lanes(lanes, flowable.limit)
      }
      default:
        return flowable satisfies never
    }
  }

  #lanes(lanes: readonly (readonly [Sequence, readonly string[]])[], limit: number): Outcome {
    const outcomes: Outcome[] = []
    for (const [sequence, values] of lanes) {
      outcomes.push(this.#sequence(sequence, values))
      // One at a time, a failure is known before the next would start; all at once, they have all started.
      if (limit === 1 && outcomes.at(-1) === 'failed') break
    }
    return worst(outcomes)
  }
}

function worst(outcomes: readonly Outcome[]): Outcome {
  return outcomes.includes('failed') ? 'failed' : outcomes.includes('warned') ? 'warned' : 'fine'
}

function soften(task: PlanTask, state: State): State {
  const isAllowed = task.allowFailure || (task.flowable?.kind === 'sequential' && task.flowable.allowsFailure)
  const allowed = state === 'FAILED' && isAllowed ? 'WARNING' : state
  return allowed === 'WARNING' && task.allowWarning ? 'SUCCESS' : allowed
}
