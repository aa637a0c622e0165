import type {
  JsonObject,
  PluginKind,
  PluginPermissions,
  PluginRuntimeKind,
} from '@pinion/plugin-sdk/manifest'
import type { SerializedError } from '../errors/index.ts'

/** A plugin version's code as it lies on this machine's disk. Everything is keyed by `sha512`, never by name or path. */
export interface BundleRef {
  /** npm package name and exact version: for blame, logs and metrics. */
  readonly packageName: string
  readonly version: string
  readonly runtime: PluginRuntimeKind
  /** SRI string (`sha512-…`) of the bundle file; checked when it is read. */
  readonly sha512: string
  readonly bundlePath: string
  readonly sourceMapPath?: string
  /** What the administrator granted, not what the manifest asked for. */
  readonly permissions: PluginPermissions
  /** The type ids that the bundle must export, with how each wants to run. Without `kind` any kind will do. */
  readonly types: readonly {
    readonly type: string
    readonly kind?: PluginKind
    readonly freshContext: boolean
  }[]
}

/** Bounds on one attempt; the runtime fills in its documented defaults for what is absent. */
export interface AttemptLimits {
  /** Milliseconds of wall time. */
  readonly wallTimeMs?: number
  /** Milliseconds of CPU within the isolate without giving way. */
  readonly cpuSliceMs?: number
  /** Bytes of the outputs' JSON text. */
  readonly outputBytes?: number
}

export interface AttemptRequest {
  readonly attemptId: string
  readonly bundle: BundleRef
  readonly type: string
  readonly method: 'run' | 'evaluate'
  /** JSON text of the rendered, checked properties: parsed in the isolate only. */
  readonly propertiesJson: string
  /** JSON text of {@link AttemptContext}. */
  readonly contextJson: string
  readonly limits: AttemptLimits
}

/** What the isolate is told about the attempt it runs. */
export interface AttemptContext {
  readonly tenant: string
  readonly executionId: string
  readonly namespace: string
  readonly flowId: string
  readonly flowRevision: number
  readonly taskId: string
  readonly taskRunId: string
  readonly attempt: number
  readonly configuration: JsonObject
  readonly lastEvaluation?: string
}

export interface AttemptLogEntry {
  readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
  /** Unix epoch in milliseconds. */
  readonly timestampMs: number
}

export interface AttemptMetric {
  readonly name: string
  readonly type: 'counter' | 'timer' | 'gauge'
  readonly value: number
  readonly tags: Readonly<Record<string, string>>
}

/** The capabilities that need the platform behind them. The runtime has checked the permission before it calls. */
export interface AttemptCalls {
  'storage.read': {
    params: { uri: string; offset: number; length: number }
    result: { base64: string; sizeBytes: number }
  }
  'storage.stat': { params: { uri: string }; result: { sizeBytes: number } | null }
  /** Parts of one upload in order; `done` ends it and makes the file appear whole. */
  'storage.write': {
    params: { uploadId: string; name: string; base64: string; done: boolean }
    result: { uri: string | null }
  }
  'storage.delete': { params: { uri: string }; result: null }
  'kv.get': { params: { key: string; namespace?: string }; result: { valueJson: string } | null }
  'kv.set': { params: { key: string; namespace?: string; valueJson: string; ttlMs?: number }; result: null }
  'kv.delete': { params: { key: string; namespace?: string }; result: boolean }
  'kv.keys': { params: { namespace?: string; prefix?: string }; result: readonly string[] }
  'secret.get': { params: { name: string }; result: string }
  render: { params: { template: string; variables?: JsonObject }; result: string }
}
export type AttemptMethod = keyof AttemptCalls

/** Handed in with each attempt. `log` and `metric` come in batches; they and `progress` must neither block nor throw. */
export interface AttemptServices {
  call<M extends AttemptMethod>(
    method: M,
    params: AttemptCalls[M]['params'],
  ): Promise<AttemptCalls[M]['result']>
  log(entries: readonly AttemptLogEntry[]): void
  metric(metrics: readonly AttemptMetric[]): void
  progress(fraction: number, message: string | undefined): void
}

export interface AttemptUsage {
  readonly cpuMs: number
  readonly hostCalls: number
  readonly bytesIn: number
  readonly bytesOut: number
}

export type AttemptResult =
  /**
   * `outputsJson` is the JSON text of an object, or `null` where `evaluate` found nothing to start; `warning` asks for the
   * state WARNING.
   */
  | {
      readonly status: 'SUCCESS'
      readonly outputsJson: string
      readonly warning?: string
      readonly usage: AttemptUsage
    }
  /** `error.code` is a code of this room, `PLUGIN_THREW` for the plugin's own; `stack` has TypeScript positions. */
  | {
      readonly status: 'FAILED'
      readonly error: SerializedError
      readonly stack?: string
      readonly retryable: boolean
      readonly outputsJson?: string
      readonly usage: AttemptUsage
    }
  | { readonly status: 'KILLED'; readonly usage: AttemptUsage }
  /**
   * The host or isolate died by another attempt's fault, or by nobody's: run it again, it does not count as an attempt.
   * `reason` names the version that did it, where one did.
   */
  | { readonly status: 'LOST'; readonly reason: string }

export interface RuntimeStats {
  readonly hosts: readonly {
    readonly pid: number
    readonly residentBytes: number
    readonly isolates: number
    readonly runningAttempts: number
  }[]
  readonly loaded: readonly {
    readonly packageName: string
    readonly version: string
    readonly sha512: string
    readonly running: number
  }[]
}

/** Runs plugin code in child processes. Never throws for what a plugin does. */
export interface PluginRuntime {
  /**
   * Loads a version ready to run and checks that it exports what its manifest says. Idempotent.
   *
   * @throws RuntimeError `PLUGIN_LOAD_FAILED`, with the place in the plugin's source where there is one
   */
  load(bundle: BundleRef): Promise<void>
  /** Runs one attempt; loads the version first if it must. Settles always: a stuck host is killed. */
  run(request: AttemptRequest, services: AttemptServices): Promise<AttemptResult>
  /** Asks the attempt to stop (its signal aborts), then makes it after `graceMs`. The attempt settles KILLED. */
  kill(attemptId: string, graceMs?: number): void
  /** Waits until no attempt of this bundle runs, then frees its isolates everywhere. New attempts are refused meanwhile. */
  unload(sha512: string): Promise<void>
  stats(): RuntimeStats
  /** Waits for running attempts up to `graceMs`, then ends all hosts. */
  close(graceMs?: number): Promise<void>
}
