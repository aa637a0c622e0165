import type { JsonValue } from '@pinion/plugin-sdk/manifest'
import type { ExecutionRecord, State, TaskRunRecord } from './model.ts'
import { TERMINAL_STATES } from './model.ts'
import type { Phase, Plan } from './plan.ts'
import type { Reduction } from './reduction.ts'

/** What the reducer may look at. */
export interface ExecutionView {
  readonly execution: ExecutionRecord
  readonly plan: Plan
  taskRun(taskRunId: string): TaskRunRecord | undefined
  taskRunOf(taskId: string): TaskRunRecord | undefined
  /** Task runs in no terminal state. */
  readonly unfinished: ReadonlySet<string>
  readonly taskRunCount: number
  /** Index of the first task of a phase that may still have work: a memory of how far `advance` came. */
  readonly cursors: Readonly<Partial<Record<Phase, number>>>
  readonly hasWarnings: boolean
}

/**
 * One execution in memory: its rows, indexed so that an event costs the same however many task runs there are. It is
 * rebuilt from rows at any time; `apply` is the only thing that changes it.
 */
export class ExecutionState implements ExecutionView {
  readonly plan: Plan
  readonly unfinished = new Set<string>()
  /** `outputs.<taskId>` as expressions see them. Grows in place: no copy of what is there for each task that ends. */
  readonly outputs: Record<string, JsonValue> = Object.create(null)
  /** `tasks.<taskId>.state` as expressions see it. */
  readonly tasks: Record<string, { readonly state: State }> = Object.create(null)
  readonly #taskRuns = new Map<string, TaskRunRecord>()
  readonly #byTask = new Map<string, string>()
  #execution: ExecutionRecord
  #cursors: Readonly<Partial<Record<Phase, number>>> = {}
  #hasWarnings = false

  constructor(plan: Plan, execution: ExecutionRecord, taskRuns: Iterable<TaskRunRecord> = []) {
    this.plan = plan
    this.#execution = execution
    for (const taskRun of taskRuns) this.#put(taskRun)
  }

  get execution(): ExecutionRecord {
    return this.#execution
  }

  get cursors(): Readonly<Partial<Record<Phase, number>>> {
    return this.#cursors
  }

  get hasWarnings(): boolean {
    return this.#hasWarnings
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

  taskRunOf(taskId: string): TaskRunRecord | undefined {
    const taskRunId = this.#byTask.get(taskId)
    return taskRunId === undefined ? undefined : this.#taskRuns.get(taskRunId)
  }

  apply(reduction: Reduction): void {
    if (reduction.execution) this.#execution = reduction.execution
    for (const taskRun of reduction.insertedTaskRuns) this.#put(taskRun)
    for (const taskRun of reduction.updatedTaskRuns) this.#put(taskRun)
    this.#cursors = reduction.cursors
  }

  #put(taskRun: TaskRunRecord): void {
    this.#taskRuns.set(taskRun.taskRunId, taskRun)
    this.#byTask.set(taskRun.taskId, taskRun.taskRunId)
    if (TERMINAL_STATES.has(taskRun.state)) this.unfinished.delete(taskRun.taskRunId)
    else this.unfinished.add(taskRun.taskRunId)
    if (taskRun.state === 'WARNING') this.#hasWarnings = true
    this.tasks[taskRun.taskId] = { state: taskRun.state }
    if (taskRun.outputs !== undefined) this.outputs[taskRun.taskId] = taskRun.outputs
  }
}
