import type { Effect } from './events.ts'
import type { ExecutionRecord, TaskRunRecord } from './model.ts'
import type { Progress } from './progress.ts'

/** What an event does to an execution: rows to write in one transaction, and effects for when they are durable. */
export interface Reduction {
  readonly execution?: ExecutionRecord
  readonly insertedTaskRuns: readonly TaskRunRecord[]
  readonly updatedTaskRuns: readonly TaskRunRecord[]
  /** By parent, as far as it changed. */
  readonly progress: ReadonlyMap<string | undefined, Progress>
  readonly effects: readonly Effect[]
}
