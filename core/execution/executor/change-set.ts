import type { ExecutionRecord, TaskRunRecord } from '../model.ts'
import type { Reduction } from '../reduction.ts'
import type { ExecutionChanges } from '../repository.ts'

/** The rows that a batch of reductions leaves behind: each row once, as it is at the end. */
export class ChangeSet implements ExecutionChanges {
  readonly #insertedExecutions = new Map<string, ExecutionRecord>()
  readonly #updatedExecutions = new Map<string, ExecutionRecord>()
  readonly #insertedTaskRuns = new Map<string, TaskRunRecord>()
  readonly #updatedTaskRuns = new Map<string, TaskRunRecord>()

  get insertedExecutions(): readonly ExecutionRecord[] {
    return [...this.#insertedExecutions.values()]
  }

  get updatedExecutions(): readonly ExecutionRecord[] {
    return [...this.#updatedExecutions.values()]
  }

  get insertedTaskRuns(): readonly TaskRunRecord[] {
    return [...this.#insertedTaskRuns.values()]
  }

  get updatedTaskRuns(): readonly TaskRunRecord[] {
    return [...this.#updatedTaskRuns.values()]
  }

  get isEmpty(): boolean {
    return (
      this.#insertedExecutions.size +
        this.#updatedExecutions.size +
        this.#insertedTaskRuns.size +
        this.#updatedTaskRuns.size ===
      0
    )
  }

  insert(execution: ExecutionRecord): void {
    this.#insertedExecutions.set(execution.executionId, execution)
  }

  add(reduction: Reduction): void {
    if (reduction.execution) {
      const { executionId } = reduction.execution
      const target = this.#insertedExecutions.has(executionId)
        ? this.#insertedExecutions
        : this.#updatedExecutions
      target.set(executionId, reduction.execution)
    }
    for (const row of reduction.insertedTaskRuns) this.#insertedTaskRuns.set(row.taskRunId, row)
    for (const row of reduction.updatedTaskRuns) {
      const target = this.#insertedTaskRuns.has(row.taskRunId)
        ? this.#insertedTaskRuns
        : this.#updatedTaskRuns
      target.set(row.taskRunId, row)
    }
  }

  merge(other: ChangeSet): void {
    for (const row of other.insertedExecutions) this.#insertedExecutions.set(row.executionId, row)
    for (const row of other.updatedExecutions) this.#updatedExecutions.set(row.executionId, row)
    for (const row of other.insertedTaskRuns) this.#insertedTaskRuns.set(row.taskRunId, row)
    for (const row of other.updatedTaskRuns) this.#updatedTaskRuns.set(row.taskRunId, row)
  }
}
