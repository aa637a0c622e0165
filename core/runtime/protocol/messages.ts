import type { PluginKind, PluginPermissions, PluginRuntimeKind } from '@pinion/plugin-sdk/manifest'
import type { SerializedError } from '../../errors/index.ts'
import type { AttemptCalls, AttemptLogEntry, AttemptMethod, AttemptMetric, AttemptUsage } from '../runtime.ts'

/**
 * What the runtime and a plugin host say to each other, over the IPC channel of `child_process.fork` with V8's own
 * format. Several messages travel as one array. Payloads (properties, outputs, parameters, results) are JSON
 * text within: neither side parses them on the way.
 *
 * The host runs code that nobody trusts: `read-host-message.ts` checks all that comes from it.
 */
export type ProtocolVersion = 1

/** A bundle as a host must know it. `bundle` numbers are given by the parent and mean one set of code and grants. */
export interface HostBundle {
  readonly bundle: number
  readonly packageName: string
  readonly version: string
  readonly runtime: PluginRuntimeKind
  readonly sha512: string
  readonly bundlePath: string
  readonly sourceMapPath?: string
  readonly permissions: PluginPermissions
  readonly types: readonly {
    readonly type: string
    readonly kind?: PluginKind
    readonly freshContext: boolean
  }[]
}

export type ToHost =
  /** Makes a bundle known; nothing is read or run yet. */
  | { readonly t: 'bundle'; readonly bundle: HostBundle }
  | { readonly t: 'load'; readonly request: number; readonly bundle: number }
  | { readonly t: 'unload'; readonly request: number; readonly bundle: number }
  | {
      readonly t: 'start'
      readonly attempt: number
      /** Rises with each start that this host is given. */
      readonly ordinal: number
      readonly bundle: number
      readonly type: string
      readonly method: 'run' | 'evaluate'
      readonly propertiesJson: string
      readonly contextJson: string
      /** Milliseconds. */
      readonly cpuSliceMs: number
      readonly outputBytes: number
    }
  /** Aborts the attempt's signal now and ends the attempt after `graceMs`. */
  | {
      readonly t: 'abort'
      readonly attempt: number
      readonly reason: 'killed' | 'timeout'
      readonly graceMs: number
    }
  | { readonly t: 'result'; readonly attempt: number; readonly call: number; readonly resultJson: string }
  | { readonly t: 'fault'; readonly attempt: number; readonly call: number; readonly error: SerializedError }
  /** The answer to `stalled`: these attempts run elsewhere now. */
  | { readonly t: 'resume'; readonly taken: readonly number[] }
  | { readonly t: 'ping'; readonly seq: number }

export type Outcome =
  | { readonly status: 'SUCCESS'; readonly outputsJson: string; readonly warning?: string }
  | {
      readonly status: 'FAILED'
      readonly error: SerializedError
      readonly retryable: boolean
      readonly stack?: string
      readonly outputsJson?: string
    }
  | { readonly status: 'KILLED' }
  | { readonly status: 'LOST'; readonly reason: string }

export interface HostReport {
  readonly residentBytes: number
  readonly isolates: number
  /** Isolates made since the start. */
  readonly isolatesMade: number
}

export type FromHost =
  | { readonly t: 'ready'; readonly protocol: ProtocolVersion; readonly residentBytes: number }
  | { readonly t: 'loaded'; readonly request: number; readonly bundle: number }
  | {
      readonly t: 'unloadable'
      readonly request: number
      readonly error: SerializedError
      readonly stack?: string
    }
  | { readonly t: 'unloaded'; readonly request: number; readonly bundle: number }
  /** The host freed this bundle's isolate by itself, to make room. */
  | { readonly t: 'evicted'; readonly bundle: number }
  /** The attempt has begun and waits for something. One that ends in its first slice is only `settled`. */
  | { readonly t: 'parked'; readonly attempt: number }
  | {
      readonly t: 'settled'
      readonly attempt: number
      readonly outcome: Outcome
      readonly usage: AttemptUsage
    }
  | {
      readonly t: 'call'
      readonly attempt: number
      readonly call: number
      readonly method: AttemptMethod
      readonly params: AttemptCalls[AttemptMethod]['params']
    }
  | { readonly t: 'log'; readonly attempt: number; readonly entries: readonly AttemptLogEntry[] }
  | { readonly t: 'metric'; readonly attempt: number; readonly metrics: readonly AttemptMetric[] }
  | {
      readonly t: 'progress'
      readonly attempt: number
      readonly fraction: number
      readonly message?: string
    }
  /** A slice took longer than `STALL_MS`: nothing new is started until `resume`. */
  | { readonly t: 'stalled' }
  | { readonly t: 'pong'; readonly seq: number; readonly report: HostReport }
