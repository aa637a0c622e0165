import type { Effect } from './events.ts'
import { type ExecutionView, openAttemptsOf } from './execution-state.ts'
import type { Attempt, ExecutionRecord, State, TaskRunRecord } from './model.ts'
import { TERMINAL_STATES } from './model.ts'
import { afterCreation, afterEnd, type Progress } from './progress.ts'
import type { Reduction } from './reduction.ts'
import { EXECUTION_EDGES, TASK_RUN_EDGES } from './state-machine.ts'

/** What tells one child of a flowable from the others of the same task. */
export interface ChildOf {
  readonly parentTaskRunId?: string
  readonly value?: string
  readonly iteration?: number
}

/**
 * A reduction in the making: reads through to the view, keeps what changes to itself. The view stays untouched, so that
 * a reduction whose commit fails leaves no trace.
 */
export class Draft {
  readonly effects: Effect[] = []
  readonly #view: ExecutionView
  readonly #atMs: number
  readonly #inserted = new Map<string, TaskRunRecord>()
  readonly #updated = new Map<string, TaskRunRecord>()
  readonly #latest = new Map<string | undefined, Map<string, string>>()
  readonly #progress = new Map<string | undefined, Progress>()
  /** Task runs that have ended, and flowables that have started, in this reduction: something comes next. */
  readonly #due: string[] = []
  #openAttempts: number
  #execution: ExecutionRecord | undefined

  constructor(view: ExecutionView, atMs: number) {
    this.#view = view
    this.#atMs = atMs
    this.#openAttempts = view.openAttempts
  }

  get plan() {
    return this.#view.plan
  }

  get atMs(): number {
    return this.#atMs
  }

  get execution(): ExecutionRecord {
    return this.#execution ?? this.#view.execution
  }

  get openAttempts(): number {
    return this.#openAttempts
  }

  taskRun(taskRunId: string): TaskRunRecord | undefined {
    return this.#updated.get(taskRunId) ?? this.#inserted.get(taskRunId) ?? this.#view.taskRun(taskRunId)
  }

  childOf(parentTaskRunId: string | undefined, taskId: string): TaskRunRecord | undefined {
    const taskRunId =
      this.#latest.get(parentTaskRunId)?.get(taskId) ?? this.#view.childOf(parentTaskRunId, taskId)?.taskRunId
    return taskRunId === undefined ? undefined : this.taskRun(taskRunId)
  }

  progressOf(parentTaskRunId: string | undefined): Progress {
    return this.#progress.get(parentTaskRunId) ?? this.#view.progressOf(parentTaskRunId)
  }

  /** All of them: for what concerns the execution as a whole, never for the end of one task run. */
  unfinished(): readonly TaskRunRecord[] {
    const found: TaskRunRecord[] = []
    for (const taskRunId of this.#view.unfinished) {
      const taskRun = this.taskRun(taskRunId)
      if (taskRun && !TERMINAL_STATES.has(taskRun.state)) found.push(taskRun)
    }
    for (const taskRun of this.#inserted.values())
      if (!TERMINAL_STATES.has(taskRun.state)) found.push(taskRun)
    return found
  }

  /** Task runs after which something comes next, until there are none left; more may come up on the way. */
  *takeDue(): Generator<TaskRunRecord> {
    for (let index = 0; index < this.#due.length; index++) {
      const taskRun = this.taskRun(this.#due[index]!)
      if (taskRun) yield taskRun
    }
    this.#due.length = 0
  }

  patchExecution(patch: Partial<ExecutionRecord>): void {
    this.#execution = { ...this.execution, ...patch }
  }

  moveExecution(state: State, patch: Partial<ExecutionRecord> = {}): void {
    const execution = this.execution
    assertEdge(EXECUTION_EDGES, execution.state, state, `execution ${execution.executionId}`)
    const ended = TERMINAL_STATES.has(state) ? { endedAtMs: this.#atMs } : {}
    const started =
      state === 'RUNNING' && execution.startedAtMs === undefined ? { startedAtMs: this.#atMs } : {}
    this.#execution = {
      ...execution,
      ...patch,
      ...ended,
      ...started,
      state,
      histories: [...execution.histories, { state, atMs: this.#atMs }],
    }
  }

  insertTaskRun(taskRunId: string, taskId: string, child: ChildOf): TaskRunRecord {
    const { tenant, executionId, namespace, flowId } = this.execution
    const { parentTaskRunId, value, iteration } = child
    const taskRun: TaskRunRecord = {
      tenant,
      taskRunId,
      executionId,
      namespace,
      flowId,
      taskId,
      ...(parentTaskRunId === undefined ? {} : { parentTaskRunId }),
      ...(value === undefined ? {} : { value }),
      ...(iteration === undefined ? {} : { iteration }),
      position: this.#view.taskRunCount + this.#inserted.size,
      state: 'CREATED',
      histories: [{ state: 'CREATED', atMs: this.#atMs }],
      attempts: [],
      createdAtMs: this.#atMs,
    }
    this.#inserted.set(taskRunId, taskRun)
    let children = this.#latest.get(parentTaskRunId)
    if (children === undefined) {
      children = new Map()
      this.#latest.set(parentTaskRunId, children)
    }
    children.set(taskId, taskRunId)
    const place = this.plan.places.get(taskId)
    if (place) this.#progress.set(parentTaskRunId, afterCreation(this.progressOf(parentTaskRunId), place))
    return taskRun
  }

  /** Changes what a task run holds, not its state. */
  patchTaskRun(taskRun: TaskRunRecord, patch: Pick<Partial<TaskRunRecord>, 'outputs' | 'attempts'>): void {
    const target = this.#inserted.has(taskRun.taskRunId) ? this.#inserted : this.#updated
    target.set(taskRun.taskRunId, { ...taskRun, ...patch })
  }

  moveTaskRun(taskRun: TaskRunRecord, state: State, patch: Partial<TaskRunRecord> = {}): TaskRunRecord {
    assertEdge(TASK_RUN_EDGES, taskRun.state, state, `task run ${taskRun.taskRunId}`)
    const { taskRunId, parentTaskRunId } = taskRun
    const isTerminal = TERMINAL_STATES.has(state)
    const moved: TaskRunRecord = {
      ...taskRun,
      ...(isTerminal ? { endedAtMs: this.#atMs } : {}),
      ...patch,
      state,
      histories: [...taskRun.histories, { state, atMs: this.#atMs }],
    }
    const target = this.#inserted.has(taskRunId) ? this.#inserted : this.#updated
    target.set(taskRunId, moved)
    this.#openAttempts += openAttemptsOf(moved) - openAttemptsOf(taskRun)
    const place = this.plan.places.get(taskRun.taskId)
    if (isTerminal && place) {
      this.#progress.set(parentTaskRunId, afterEnd(this.progressOf(parentTaskRunId), place, moved))
    }
    if (isTerminal || (state === 'RUNNING' && place?.task.flowable)) this.#due.push(taskRunId)
    return moved
  }

  changes(): Reduction {
    return {
      ...(this.#execution === undefined ? {} : { execution: this.#execution }),
      insertedTaskRuns: [...this.#inserted.values()],
      updatedTaskRuns: [...this.#updated.values()],
      progress: this.#progress,
      effects: this.effects,
    }
  }
}

/** The attempts with the last one replaced. */
export function withLastAttempt(taskRun: TaskRunRecord, patch: Partial<Attempt>): readonly Attempt[] {
  const last = taskRun.attempts.at(-1)
  return last === undefined ? taskRun.attempts : [...taskRun.attempts.slice(0, -1), { ...last, ...patch }]
}

function assertEdge(
  edges: Readonly<Partial<Record<State, readonly State[]>>>,
  from: State,
  to: State,
  what: string,
): void {
  if (!edges[from]?.includes(to)) throw new Error(`No edge from ${from} to ${to} for ${what}.`)
}
