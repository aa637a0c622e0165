import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import type { SerializedError } from '../errors/index.ts'

export const STATES = [
  'CREATED',
  'SUBMITTED',
  'RUNNING',
  'PAUSED',
  'RESTARTED',
  'RESUBMITTED',
  'KILLING',
  'KILLED',
  'SUCCESS',
  'WARNING',
  'FAILED',
  'CANCELLED',
  'QUEUED',
  'RETRYING',
  'RETRIED',
  'SKIPPED',
  'BREAKPOINT',
] as const
export type State = (typeof STATES)[number]

/** A state and when it was entered (Unix epoch, milliseconds). */
export interface StateChange {
  readonly state: State
  readonly atMs: number
}

export interface Label {
  readonly key: string
  readonly value: string
}

/** One row of `executions`. Never holds task runs or their outputs: a task run's end rewrites nothing of this. */
export interface ExecutionRecord {
  readonly tenant: string
  readonly executionId: string
  readonly namespace: string
  readonly flowId: string
  readonly flowRevision: number
  readonly state: State
  readonly histories: readonly StateChange[]
  readonly labels: readonly Label[]
  readonly inputs: JsonObject
  readonly outputs?: JsonObject
  readonly variables?: JsonObject
  readonly trigger?: JsonObject
  readonly error?: SerializedError
  readonly parentId?: string
  readonly originalId?: string
  readonly kind: 'NORMAL' | 'TEST' | 'PLAYGROUND'
  /** True once the state is terminal and the `afterExecution` tasks have ended too: nothing is left to do. */
  readonly isSettled: boolean
  readonly createdAtMs: number
  readonly startedAtMs?: number
  readonly endedAtMs?: number
}

/** Where a run rests until a user restarts it. */
export const TERMINAL_STATES: ReadonlySet<State> = new Set([
  'KILLED',
  'SUCCESS',
  'WARNING',
  'FAILED',
  'CANCELLED',
  'RETRIED',
  'SKIPPED',
])

/** Which code ran a task run. */
export interface PluginUse {
  readonly packageName: string
  readonly version: string
  readonly integrity: string
}

export interface Attempt {
  /** 0-based. An attempt that was lost with its worker is repeated under the same number: it does not count. */
  readonly attempt: number
  readonly attemptId: string
  readonly state: State
  readonly startedAtMs: number
  readonly endedAtMs?: number
  readonly error?: SerializedError
}

/** One row of `task_runs`. */
export interface TaskRunRecord {
  readonly tenant: string
  readonly taskRunId: string
  readonly executionId: string
  readonly namespace: string
  readonly flowId: string
  readonly taskId: string
  readonly parentTaskRunId?: string
  readonly value?: string
  readonly iteration?: number
  /** Order of creation within the execution. */
  readonly position: number
  readonly state: State
  readonly histories: readonly StateChange[]
  readonly attempts: readonly Attempt[]
  readonly outputs?: JsonValue
  readonly plugin?: PluginUse
  readonly createdAtMs: number
  readonly endedAtMs?: number
}

export interface LogRecord {
  readonly tenant: string
  readonly executionId: string
  readonly namespace: string
  readonly flowId: string
  readonly taskId?: string
  readonly taskRunId?: string
  readonly attempt?: number
  readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
  readonly timestampMs: number
}

export interface MetricRecord {
  readonly tenant: string
  readonly executionId: string
  readonly namespace: string
  readonly flowId: string
  readonly taskId: string
  readonly taskRunId: string
  readonly name: string
  readonly type: 'counter' | 'timer' | 'gauge'
  readonly value: number
  readonly tags: Readonly<Record<string, string>>
  readonly timestampMs: number
}
