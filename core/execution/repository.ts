import type { ExecutionRecord, LogRecord, MetricRecord, State, TaskRunRecord } from './model.ts'

/** What one pass of the executor writes, for many executions, in one transaction. */
export interface ExecutionChanges {
  /** New rows. A duplicate id is `STORE_CONFLICT` and nothing is written. */
  readonly insertedExecutions: readonly ExecutionRecord[]
  readonly updatedExecutions: readonly ExecutionRecord[]
  readonly insertedTaskRuns: readonly TaskRunRecord[]
  readonly updatedTaskRuns: readonly TaskRunRecord[]
}

export interface ExecutionFilter {
  readonly tenant: string
  /** Also matches the namespaces below it. */
  readonly namespace?: string
  readonly flowId?: string
  readonly states?: readonly State[]
  readonly createdAfterMs?: number
  readonly createdBeforeMs?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly limit: number
  readonly offset: number
}

/** Kept by `core/store`. */
export interface ExecutionRepository {
  /** One transaction, durable when it returns. */
  commit(changes: ExecutionChanges): Promise<void>
  find(tenant: string, executionId: string): Promise<ExecutionRecord | undefined>
  /** In order of `position`. */
  listTaskRuns(tenant: string, executionId: string): Promise<readonly TaskRunRecord[]>
  findTaskRun(tenant: string, taskRunId: string): Promise<TaskRunRecord | undefined>
  /** Newest first. */
  search(
    filter: ExecutionFilter,
  ): Promise<{ readonly executions: readonly ExecutionRecord[]; readonly total: number }>
  /** Executions that are not settled, of all tenants, by id, a page at a time: what a restart must go on with. */
  scanUnfinished(afterExecutionId: string | undefined, limit: number): Promise<readonly ExecutionRecord[]>
  /** How many unfinished executions have task runs on this package version, or a locked flow revision in flight. */
  countUnfinishedUsing(packageName: string, version: string): Promise<number>
  /** With its task runs, logs and metrics. */
  remove(tenant: string, executionId: string): Promise<boolean>
}

/** Kept by `core/store`: written in bulk, off the path of executions. */
export interface LogRepository {
  append(logs: readonly LogRecord[]): Promise<void>
  /** In order of time, then of arrival. */
  list(filter: {
    readonly tenant: string
    readonly executionId: string
    readonly taskRunId?: string
    readonly taskId?: string
    readonly minLevel?: LogRecord['level']
    readonly limit: number
    readonly offset: number
  }): Promise<readonly LogRecord[]>
}

export interface MetricRepository {
  append(metrics: readonly MetricRecord[]): Promise<void>
  list(filter: {
    readonly tenant: string
    readonly executionId: string
    readonly taskRunId?: string
    readonly limit: number
    readonly offset: number
  }): Promise<readonly MetricRecord[]>
}
