import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import type { CompiledValue } from '../expression/index.ts'
import type { PluginDefault } from '../namespace/index.ts'
import type { EngineType, ResolvedType } from '../plugin/index.ts'
import type { FlowLock } from './lock.ts'
import type { PropertyPath } from './path/property-path.ts'

/** Something wrong with a flow's source: what, where and what to do. `line` and `column` are 1-based. */
export interface FlowProblem {
  readonly severity: 'error' | 'warning'
  /** A code of this room, or of the room that found it. */
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly line: number
  readonly column: number
  /** Such as `tasks[2].properties.uri`. */
  readonly path: string
}

export interface FlowInput {
  readonly id: string
  readonly type: string
  readonly required: boolean
  readonly displayName?: string
  readonly description?: string
  readonly defaults?: JsonValue
  /** Everything else that its type declares. */
  readonly options: JsonObject
}

/** Durations in milliseconds. `maxAttempts` counts all attempts, the first included; absent means no bound but `maxDurationMs`. */
export type RetryPolicy = {
  readonly maxAttempts?: number
  /** Over all attempts and the waits between them. */
  readonly maxDurationMs?: number
  /** A task run that succeeds only after a retry ends in WARNING. */
  readonly warningOnRetry: boolean
} & (
  | { readonly type: 'constant'; readonly intervalMs: number }
  | {
      readonly type: 'exponential'
      readonly intervalMs: number
      readonly maxIntervalMs: number
      readonly delayFactor: number
    }
  | { readonly type: 'random'; readonly minIntervalMs: number; readonly maxIntervalMs: number }
)

/** A task as it will run: version decided, defaults merged, templates compiled. */
export interface CompiledTask {
  readonly taskId: string
  /** Property path within the flow, such as `tasks[0]`. */
  readonly path: string
  readonly plugin: ResolvedType
  /** Without the tasks within it. */
  readonly properties: CompiledValue
  /** Present if the engine itself executes the task. */
  readonly flowable?: FlowableTask
  readonly description?: string
  readonly disabled: boolean
  readonly allowFailure: boolean
  readonly allowWarning: boolean
  /** Rendered when the task is due; absent means always. */
  readonly runIf?: CompiledValue
  /** Milliseconds. Bounds each attempt. */
  readonly timeoutMs?: number
  readonly retry?: RetryPolicy
  readonly logLevel?: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
}

/** The part of a task that the engine itself executes: it decides which of the tasks within run. */
export interface FlowableTask {
  readonly type: EngineType
  /** As merged; what stands for tasks is there as well. */
  readonly properties: JsonObject
  /** In the order of the file. */
  readonly nested: readonly NestedTask[]
}

/** A task within a task. `path` is below the outer one: `['tasks', 0]`, `['cases', 'a', 1]`, `['tasks', 2, 'task']`. */
export interface NestedTask {
  readonly path: PropertyPath
  readonly task: CompiledTask
}

export interface CompiledTrigger {
  readonly triggerId: string
  readonly path: string
  readonly plugin: ResolvedType
  readonly properties: CompiledValue
  readonly disabled: boolean
}

export interface FlowOutput {
  readonly id: string
  readonly type: string
  readonly value: CompiledValue
  readonly displayName?: string
  readonly description?: string
}

/** A flow revision ready to run. Made once per revision and catalog generation; nothing on the hot path makes it. */
export interface CompiledFlow {
  readonly tenant: string
  readonly namespace: string
  readonly flowId: string
  readonly revision: number
  readonly description?: string
  readonly labels: readonly { readonly key: string; readonly value: string }[]
  readonly inputs: readonly FlowInput[]
  /** As written; rendered once when an execution starts. */
  readonly variables: JsonObject
  readonly tasks: readonly CompiledTask[]
  readonly errors: readonly CompiledTask[]
  readonly finally: readonly CompiledTask[]
  /** Run after the terminal state was reached; cannot change it. */
  readonly afterExecution: readonly CompiledTask[]
  readonly triggers: readonly CompiledTrigger[]
  readonly outputs: readonly FlowOutput[]
  readonly pluginDefaults: readonly PluginDefault[]
  readonly disabled: boolean
  readonly lock: FlowLock
  readonly source: string
}
