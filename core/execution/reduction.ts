import type { Effect } from './events.ts'
import type { ExecutionRecord, TaskRunRecord } from './model.ts'
import type { Phase } from './plan.ts'

/** What an event does to an execution: rows to write in one transaction, and effects for when they are durable. */
export interface Reduction {
  readonly execution?: ExecutionRecord
  readonly insertedTaskRuns: readonly TaskRunRecord[]
  readonly updatedTaskRuns: readonly TaskRunRecord[]
  readonly cursors: Readonly<Partial<Record<Phase, number>>>
  readonly effects: readonly Effect[]
}
