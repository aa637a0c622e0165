import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import type { SerializedError } from '../errors/index.ts'
import type { PluginUse, State } from './model.ts'

/** How an attempt ended. `random` (0 to 1) is the draw for a random retry delay: the reducer has no dice. */
export type AttemptOutcome =
  | { readonly status: 'SUCCESS'; readonly outputs: JsonValue }
  | { readonly status: 'WARNING'; readonly outputs: JsonValue; readonly reason?: string }
  | {
      readonly status: 'FAILED'
      readonly error: SerializedError
      readonly retryable: boolean
      readonly outputs?: JsonValue
      readonly random: number
    }
  | { readonly status: 'SKIPPED' }
  | { readonly status: 'KILLED' }
  /** The attempt vanished with its host or worker by nobody's fault here; it runs again and does not count. */
  | { readonly status: 'LOST'; readonly reason: string }

/** What may happen to an execution. `atMs`: Unix epoch in milliseconds, the reducer's only clock. */
export type ExecutionEvent =
  /** A new execution, or one that a crash left unfinished: go on from what the rows say. */
  | { readonly type: 'advance'; readonly atMs: number }
  | { readonly type: 'recover'; readonly atMs: number; readonly random: number }
  | {
      readonly type: 'attemptStarted'
      readonly atMs: number
      readonly taskRunId: string
      readonly attemptId: string
      readonly plugin: PluginUse
    }
  | {
      readonly type: 'attemptEnded'
      readonly atMs: number
      readonly taskRunId: string
      readonly attemptId: string
      readonly outcome: AttemptOutcome
    }
  | { readonly type: 'retryDue'; readonly atMs: number; readonly taskRunId: string }
  /** The answer to `evaluate`. */
  | {
      readonly type: 'evaluated'
      readonly atMs: number
      readonly taskRunId: string
      readonly decision: Decision
    }
  | {
      readonly type: 'outputsRendered'
      readonly atMs: number
      readonly result: { readonly outputs: JsonObject } | { readonly error: SerializedError }
    }
  | { readonly type: 'killRequested'; readonly atMs: number }
  /** The flow cannot go on (its revision does not compile any more): the execution ends FAILED. */
  | { readonly type: 'abandoned'; readonly atMs: number; readonly error: SerializedError }

/** What the expressions of a flowable say, now that it is due. */
export type Decision =
  /** Its `runIf` is false. */
  | { readonly type: 'skip' }
  /** What it found out, as its task run's outputs keep it: a condition, a value, the values of a loop. */
  | { readonly type: 'enter'; readonly outputs?: JsonObject }
  | { readonly type: 'fail'; readonly error: SerializedError }
  /** What a loop that goes on until its condition holds says after an iteration. Times in milliseconds. */
  | ({ readonly type: 'repeat' } & LoopCheck)

export interface LoopCheck {
  readonly isMet: boolean
  readonly intervalMs: number
  readonly maxIterations?: number
  readonly maxDurationMs?: number
  readonly failOnMaxReached: boolean
}

/** What is to be done once the changes are durable. */
export type Effect =
  | {
      readonly type: 'submit'
      readonly taskRunId: string
      readonly attemptId: string
      readonly attempt: number
    }
  | { readonly type: 'kill'; readonly attemptId: string }
  | { readonly type: 'wake'; readonly taskRunId: string; readonly dueAtMs: number }
  /** Render the expressions of a flowable. */
  | { readonly type: 'evaluate'; readonly taskRunId: string }
  | { readonly type: 'renderOutputs' }
  | { readonly type: 'ended'; readonly state: State }
  | { readonly type: 'settled' }
