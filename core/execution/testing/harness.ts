import type { Decision, Effect, ExecutionEvent } from '../events.ts'
import { ExecutionState, type ExecutionView } from '../execution-state.ts'
import type { ExecutionRecord, State, TaskRunRecord } from '../model.ts'
import { enabled, type Flowable, type Plan, type PlanTask, type Sequence } from '../plan/plan.ts'
import { reduce } from '../reducer.ts'

/** A task that a worker runs, unless the patch says otherwise. */
export function task(taskId: string, patch: Partial<PlanTask> = {}): PlanTask {
  return { taskId, disabled: false, allowFailure: false, allowWarning: false, ...patch }
}

/** A task that the engine executes. */
export function flowable(taskId: string, shape: Shape, patch: Patch = {}): PlanTask {
  const { errors = [], finally: last = [], ...rest } = patch
  const isEvaluated = shape.kind === 'if' || shape.kind === 'switch' || shape.kind === 'forEach'
  return task(taskId, {
    ...rest,
    flowable: { plugin: PLUGIN, isEvaluated, errors: enabled(errors), finally: enabled(last), ...shape },
  })
}

type Common = 'plugin' | 'isEvaluated' | 'errors' | 'finally'
export type Shape = Flowable extends infer Each ? (Each extends Flowable ? Omit<Each, Common> : never) : never
type Patch = Partial<PlanTask> & { readonly errors?: Sequence; readonly finally?: Sequence }

export const PLUGIN = { packageName: 'p', version: '1.0.0', integrity: 'sha512-x' }

const MAX_STEPS = 200_000

export type Answer = 'SUCCESS' | 'WARNING' | 'FAILED' | 'SKIPPED'

const created: ExecutionRecord = {
  tenant: 'main',
  executionId: 'e1',
  namespace: 'company.team',
  flowId: 'f',
  flowRevision: 1,
  state: 'CREATED',
  histories: [{ state: 'CREATED', atMs: 0 }],
  labels: [],
  inputs: {},
  kind: 'NORMAL',
  isSettled: false,
  createdAtMs: 0,
}

export type Submit = Extract<Effect, { type: 'submit' }>

/** Drives one execution: the rows as a store would keep them, and a worker that answers by script. */
export class Harness {
  readonly plan: Plan
  state: ExecutionState
  /** What the reducer sees in place of the state. */
  view: ExecutionView | undefined
  rows: { execution: ExecutionRecord; taskRuns: Map<string, TaskRunRecord> }
  readonly effects: Effect[] = []
  nowMs = 0
  #ids = 0

  constructor(plan: Plan) {
    this.plan = plan
    this.rows = { execution: created, taskRuns: new Map() }
    this.state = new ExecutionState(plan, created)
  }

  send(event: ExecutionEvent): readonly Effect[] {
    const reduction = reduce(this.view ?? this.state, event, () => `id${++this.#ids}`)
    this.state.apply(reduction)
    if (reduction.execution) this.rows.execution = reduction.execution
    for (const row of [...reduction.insertedTaskRuns, ...reduction.updatedTaskRuns])
      this.rows.taskRuns.set(row.taskRunId, row)
    this.effects.push(...reduction.effects)
    return reduction.effects
  }

  /** As after kill -9: memory and effects are gone, the rows stay. */
  crash(): void {
    this.effects.length = 0
    this.state = new ExecutionState(this.plan, this.rows.execution, this.rows.taskRuns.values())
    this.send({ type: 'recover', atMs: this.nowMs, random: 0.5 })
  }

  take<T extends Effect['type']>(type: T): Extract<Effect, { type: T }> | undefined {
    const index = this.effects.findIndex((effect) => effect.type === type)
    return index < 0 ? undefined : (this.effects.splice(index, 1)[0] as Extract<Effect, { type: T }>)
  }

  taskIdOf(taskRunId: string): string {
    return this.rows.taskRuns.get(taskRunId)!.taskId
  }

  states(): Record<string, State> {
    return Object.fromEntries([...this.rows.taskRuns.values()].map((row) => [row.taskId, row.state]))
  }

  start(submit: Submit): void {
    this.send({
      type: 'attemptStarted',
      atMs: ++this.nowMs,
      taskRunId: submit.taskRunId,
      attemptId: submit.attemptId,
      plugin: PLUGIN,
    })
  }

  finish(submit: Submit, status: 'SUCCESS' | 'WARNING' | 'FAILED' | 'KILLED' | 'SKIPPED' | 'LOST'): void {
    const outcome =
      status === 'FAILED'
        ? ({ status, error: { code: 'PLUGIN_THREW', message: 'no' }, retryable: true, random: 0.5 } as const)
        : status === 'LOST'
          ? ({ status, reason: 'gone' } as const)
          : ({ status, outputs: { of: submit.taskRunId } } as const)
    this.send({
      type: 'attemptEnded',
      atMs: ++this.nowMs,
      taskRunId: submit.taskRunId,
      attemptId: submit.attemptId,
      outcome,
    })
  }

  /** Answers what a flowable asks. */
  decide(evaluate: Extract<Effect, { type: 'evaluate' }>, decision: Decision): void {
    this.send({ type: 'evaluated', atMs: ++this.nowMs, taskRunId: evaluate.taskRunId, decision })
  }

  /** Runs to the end, each attempt ending as `answer` says, each flowable going as `decision` says. */
  run(
    answer: (taskId: string, attempt: number, taskRun: TaskRunRecord) => Answer,
    decision: (taskRun: TaskRunRecord) => Decision = () => ({ type: 'enter' }),
  ): void {
    this.send({ type: 'advance', atMs: ++this.nowMs })
    for (let step = 0; step < MAX_STEPS; step++) {
      const submit = this.take('submit')
      if (submit) {
        this.start(submit)
        const taskRun = this.rows.taskRuns.get(submit.taskRunId)!
        this.finish(submit, answer(taskRun.taskId, submit.attempt, taskRun))
        continue
      }
      const evaluate = this.take('evaluate')
      if (evaluate) {
        this.decide(evaluate, decision(this.rows.taskRuns.get(evaluate.taskRunId)!))
        continue
      }
      const wake = this.take('wake')
      if (wake) {
        this.nowMs = Math.max(this.nowMs, wake.dueAtMs)
        this.send({ type: 'retryDue', atMs: this.nowMs, taskRunId: wake.taskRunId })
        continue
      }
      if (this.take('renderOutputs')) {
        this.send({ type: 'outputsRendered', atMs: ++this.nowMs, result: { outputs: { done: true } } })
        continue
      }
      return
    }
    throw new Error('does not end')
  }
}
