import type { Effect } from './events.ts'
import type { ExecutionView } from './execution-state.ts'
import type { Attempt, ExecutionRecord, State, TaskRunRecord } from './model.ts'
import { TERMINAL_STATES } from './model.ts'
import type { Phase } from './plan.ts'
import { EXECUTION_EDGES, TASK_RUN_EDGES } from './state-machine.ts'

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
  readonly #insertedByTask = new Map<string, string>()
  readonly #cursors: Partial<Record<Phase, number>>
  #execution: ExecutionRecord | undefined

  constructor(view: ExecutionView, atMs: number) {
    this.#view = view
    this.#atMs = atMs
    this.#cursors = { ...view.cursors }
  }

  get plan() {
    return this.#view.plan
  }

  get execution(): ExecutionRecord {
    return this.#execution ?? this.#view.execution
  }

  get hasWarnings(): boolean {
    if (this.#view.hasWarnings) return true
    for (const taskRun of this.#updated.values()) if (taskRun.state === 'WARNING') return true
    return false
  }

  taskRun(taskRunId: string): TaskRunRecord | undefined {
    return this.#updated.get(taskRunId) ?? this.#inserted.get(taskRunId) ?? this.#view.taskRun(taskRunId)
  }

  taskRunOf(taskId: string): TaskRunRecord | undefined {
    const inserted = this.#insertedByTask.get(taskId)
    if (inserted !== undefined) return this.#inserted.get(inserted)
    const known = this.#view.taskRunOf(taskId)
    return known && (this.#updated.get(known.taskRunId) ?? known)
  }

  unfinished(): readonly TaskRunRecord[] {
    const found: TaskRunRecord[] = []
    for (const taskRunId of this.#view.unfinished) {
      const taskRun = this.#updated.get(taskRunId) ?? this.#view.taskRun(taskRunId)
      if (taskRun && !TERMINAL_STATES.has(taskRun.state)) found.push(taskRun)
    }
    for (const taskRun of this.#inserted.values())
      if (!TERMINAL_STATES.has(taskRun.state)) found.push(taskRun)
    return found
  }

  cursor(phase: Phase): number {
    return this.#cursors[phase] ?? 0
  }

  moveCursor(phase: Phase, index: number): void {
    this.#cursors[phase] = index
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

  insertTaskRun(taskRunId: string, taskId: string): TaskRunRecord {
    const { tenant, executionId, namespace, flowId } = this.execution
    const taskRun: TaskRunRecord = {
      tenant,
      taskRunId,
      executionId,
      namespace,
      flowId,
      taskId,
      position: this.#view.taskRunCount + this.#inserted.size,
      state: 'CREATED',
      histories: [{ state: 'CREATED', atMs: this.#atMs }],
      attempts: [],
      createdAtMs: this.#atMs,
    }
    this.#inserted.set(taskRunId, taskRun)
    this.#insertedByTask.set(taskId, taskRunId)
    return taskRun
  }

  /** Moves a task run, and its last attempt with it where `attempt` says how. */
  moveTaskRun(taskRun: TaskRunRecord, state: State, patch: Partial<TaskRunRecord> = {}): TaskRunRecord {
    assertEdge(TASK_RUN_EDGES, taskRun.state, state, `task run ${taskRun.taskRunId}`)
    const moved: TaskRunRecord = {
      ...taskRun,
      ...(TERMINAL_STATES.has(state) ? { endedAtMs: this.#atMs } : {}),
      ...patch,
      state,
      histories: [...taskRun.histories, { state, atMs: this.#atMs }],
    }
    const target = this.#inserted.has(taskRun.taskRunId) ? this.#inserted : this.#updated
    target.set(moved.taskRunId, moved)
    return moved
  }

  changes(): {
    readonly execution?: ExecutionRecord
    readonly insertedTaskRuns: readonly TaskRunRecord[]
    readonly updatedTaskRuns: readonly TaskRunRecord[]
    readonly cursors: Readonly<Partial<Record<Phase, number>>>
  } {
    return {
      ...(this.#execution === undefined ? {} : { execution: this.#execution }),
      insertedTaskRuns: [...this.#inserted.values()],
      updatedTaskRuns: [...this.#updated.values()],
      cursors: this.#cursors,
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
