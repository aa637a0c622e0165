import type { JsonObject, JsonValue } from '../manifest/index.ts'

export interface Logger {
  trace(message: string): void
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/** Values are finite numbers; `tags` are short texts. */
export interface Metrics {
  counter(name: string, value?: number, tags?: Readonly<Record<string, string>>): void
  /** @param valueMs - milliseconds */
  timer(name: string, valueMs: number, tags?: Readonly<Record<string, string>>): void
  gauge(name: string, value: number, tags?: Readonly<Record<string, string>>): void
}

/** Files in the platform's internal storage, by URI (`kestra:///…`). Needs the permission `storage`. */
export interface TaskStorage {
  /** @throws if there is no such file, or the execution may not read it. */
  get(uri: string): Promise<ReadableStream<Uint8Array>>
  text(uri: string): Promise<string>
  bytes(uri: string): Promise<Uint8Array>
  /** Stores a file below the running execution. @returns its URI. */
  put(name: string, data: string | Uint8Array | ReadableStream<Uint8Array>): Promise<string>
  size(uri: string): Promise<number>
  exists(uri: string): Promise<boolean>
  delete(uri: string): Promise<void>
}

/** Needs the permission `kv`. `namespace` defaults to the flow's. */
export interface TaskKv {
  get(key: string, options?: { readonly namespace?: string }): Promise<JsonValue | undefined>
  /** `ttlMs`: milliseconds; without it the value stays. */
  set(
    key: string,
    value: JsonValue,
    options?: { readonly namespace?: string; readonly ttlMs?: number },
  ): Promise<void>
  delete(key: string, options?: { readonly namespace?: string }): Promise<boolean>
  keys(options?: { readonly namespace?: string; readonly prefix?: string }): Promise<readonly string[]>
}

export interface ExecutionInfo {
  readonly tenant: string
  readonly executionId: string
  readonly namespace: string
  readonly flowId: string
  readonly flowRevision: number
  readonly taskId: string
  readonly taskRunId: string
  /** 0 on the first attempt. */
  readonly attempt: number
}

/**
 * All that a running task may do; what the manifest did not ask for, or was not granted, rejects with the
 * permission's name.
 */
export interface TaskContext {
  readonly log: Logger
  readonly metrics: Metrics
  readonly storage: TaskStorage
  readonly kv: TaskKv
  /** @returns the secret's value. Needs the permission `secrets`. */
  secret(name: string): Promise<string>
  /** Renders an expression in the running task's scope. */
  render(template: string, variables?: JsonObject): Promise<string>
  /** The instance's `plugins.configurations` for this type; empty if there are none. */
  readonly configuration: JsonObject
  readonly execution: ExecutionInfo
  /** Aborts when the attempt is killed or runs out of time. */
  readonly signal: AbortSignal
  /** Waits; rejects when the attempt is killed. @param durationMs - milliseconds */
  sleep(durationMs: number): Promise<void>
  /** @param fraction - 0 to 1 */
  progress(fraction: number, message?: string): void
  /** Ends the task run in WARNING instead of SUCCESS once `run` returns. */
  warn(reason: string): void
}
