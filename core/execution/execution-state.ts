import type { ExecutionRecord, TaskRunRecord } from './model.ts'
import { TERMINAL_STATES } from './model.ts'
import type { Plan } from './plan/plan.ts'
import { afterCreation, afterEnd, NO_PROGRESS, type Progress } from './progress.ts'
import type { Reduction } from './reduction.ts'
import { TaskVariables } from './task-variables.ts'

/** What the reducer may look at. */
export interface ExecutionView {
  readonly execution: ExecutionRecord
  readonly plan: Plan
  taskRun(taskRunId: string): TaskRunRecord | undefined
  /** The latest run of a task within a parent; without a parent, at the top of the flow. */
  childOf(parentTaskRunId: string | undefined, taskId: string): TaskRunRecord | undefined
  /** Of a flowable's task run, or of the execution itself. */
  progressOf(parentTaskRunId: string | undefined): Progress
  /** Task runs in no terminal state. */
  readonly unfinished: ReadonlySet<string>
  /** How many task runs have an attempt that was handed out and has not ended. */
  readonly openAttempts: number
  readonly taskRunCount: number
}

/**
 * One execution in memory: its rows, indexed so that an event costs the same however many task runs there are. It is
 * rebuilt from rows at any time; `apply` is the only thing that changes it.
 */
export class ExecutionState implements ExecutionView {
  readonly plan: Plan
  readonly unfinished = new Set<string>()
  /** `outputs` and `tasks` as expressions see them. */
  readonly variables = new TaskVariables((taskRunId) => this.#taskRuns.get(taskRunId))
  readonly #taskRuns = new Map<string, TaskRunRecord>()
  readonly #latest = new Map<string | undefined, Map<string, string>>()
  readonly #progress = new Map<string | undefined, Progress>()
  #execution: ExecutionRecord
  #openAttempts = 0

  /** @param taskRuns - in order of creation */
  constructor(plan: Plan, execution: ExecutionRecord, taskRuns: Iterable<TaskRunRecord> = []) {
    this.plan = plan
    this.#execution = execution
    for (const taskRun of taskRuns) {
      this.#put(taskRun)
      this.#follow(taskRun)
    }
  }

  get execution(): ExecutionRecord {
    return this.#execution
  }

  get openAttempts(): number {
    return this.#openAttempts
  }

  get taskRunCount(): number {
    return this.#taskRuns.size
  }

  /** In order of creation. */
  get taskRuns(): Iterable<TaskRunRecord> {
    return this.#taskRuns.values()
  }

  taskRun(taskRunId: string): TaskRunRecord | undefined {
    return this.#taskRuns.get(taskRunId)
  }

  childOf(parentTaskRunId: string | undefined, taskId: string): TaskRunRecord | undefined {
    const taskRunId = this.#latest.get(parentTaskRunId)?.get(taskId)
    return taskRunId === undefined ? undefined : this.#taskRuns.get(taskRunId)
  }

  progressOf(parentTaskRunId: string | undefined): Progress {
    return this.#progress.get(parentTaskRunId) ?? NO_PROGRESS
  }

  apply(reduction: Reduction): void {
    if (reduction.execution) this.#execution = reduction.execution
    for (const [parent, progress] of reduction.progress) this.#progress.set(parent, progress)
    for (const taskRun of reduction.insertedTaskRuns) this.#put(taskRun)
    for (const taskRun of reduction.updatedTaskRuns) this.#put(taskRun)
  }

  #put(taskRun: TaskRunRecord): void {
    const { taskRunId, parentTaskRunId, taskId, state } = taskRun
    const before = this.#taskRuns.get(taskRunId)
    this.#openAttempts += openAttemptsOf(taskRun) - (before ? openAttemptsOf(before) : 0)
    this.#taskRuns.set(taskRunId, taskRun)
    if (before === undefined) this.#index(parentTaskRunId, taskId, taskRunId)
    if (TERMINAL_STATES.has(state)) {
      this.unfinished.delete(taskRunId)
      // Nothing within it will be looked for again.
      this.#latest.delete(taskRunId)
      this.#progress.delete(taskRunId)
    } else this.unfinished.add(taskRunId)
    this.variables.put(taskRun)
  }

  #index(parentTaskRunId: string | undefined, taskId: string, taskRunId: string): void {
    let children = this.#latest.get(parentTaskRunId)
    if (children === undefined) {
      children = new Map()
      this.#latest.set(parentTaskRunId, children)
    }
    children.set(taskId, taskRunId)
  }

  /** Rebuilds what its parent knows of it. */
  #follow(taskRun: TaskRunRecord): void {
    const { parentTaskRunId, taskId, state } = taskRun
    const place = this.plan.places.get(taskId)
    if (place === undefined) return
    const parent = parentTaskRunId === undefined ? undefined : this.#taskRuns.get(parentTaskRunId)
    if (parent && TERMINAL_STATES.has(parent.state)) return
    const progress = afterCreation(this.progressOf(parentTaskRunId), place)
    this.#progress.set(
      parentTaskRunId,
      TERMINAL_STATES.has(state) ? afterEnd(progress, place, taskRun) : progress,
    )
  }
}

/** 1 while the latest attempt is handed out and has not ended. */
export function openAttemptsOf({ attempts }: TaskRunRecord): 0 | 1 {
  const last = attempts.at(-1)
  return last !== undefined && last.endedAtMs === undefined ? 1 : 0
}
