import { type ErrorOptions, type ErrorTraits, PinionError, type SerializedError } from '../errors/index.ts'

/** A code's meaning never changes. `retryable`: the same attempt may go well another time. */
export const RUNTIME_ERRORS = {
  /** The plugin's own code threw; the message is the plugin's. */
  PLUGIN_THREW: { kind: 'user', retryable: true },
  /** The bundle cannot be read, is not what its digest says, or does not export what its manifest promises. */
  PLUGIN_LOAD_FAILED: { kind: 'user', retryable: false },
  /** The version does not offer the type, or not in this way. */
  PLUGIN_TYPE_MISSING: { kind: 'user', retryable: false },
  /** It held the thread for longer than its slice. */
  PLUGIN_CPU_LIMIT: { kind: 'user', retryable: false },
  /** It passed its wall time. */
  PLUGIN_TIMEOUT: { kind: 'user', retryable: true },
  /** It passed its isolate's heap, or drove its host over the memory bound. */
  PLUGIN_OUT_OF_MEMORY: { kind: 'user', retryable: false },
  /** Its code was running when the host process crashed. */
  PLUGIN_CRASHED_HOST: { kind: 'user', retryable: false },
  /** It could not be interrupted; the host was killed. */
  PLUGIN_UNRESPONSIVE: { kind: 'user', retryable: false },
  /** What it returned is not an object of JSON values. */
  PLUGIN_OUTPUT_INVALID: { kind: 'user', retryable: false },
  PLUGIN_OUTPUT_TOO_LARGE: { kind: 'user', retryable: false },
  /** It used something that was not granted; the message names the permission. */
  PLUGIN_PERMISSION_DENIED: { kind: 'user', retryable: false },
  /** The version is being unloaded. */
  PLUGIN_UNLOADING: { kind: 'environment', retryable: true },
  /** The runtime is closed or closing. */
  RUNTIME_CLOSED: { kind: 'environment', retryable: true },
  /** More attempts wait than the runtime holds. */
  RUNTIME_OVERLOADED: { kind: 'environment', retryable: true },
  /** A plugin host ended, and no plugin version is to blame. */
  HOST_DIED: { kind: 'environment', retryable: true },
  /** Plugin hosts do not start. */
  RUNTIME_HOST_UNAVAILABLE: { kind: 'environment', retryable: true },
  /** An option contradicts another, or is out of range. */
  RUNTIME_OPTION_INVALID: { kind: 'environment', retryable: false },
} as const satisfies Record<string, ErrorTraits>

export type RuntimeErrorCode = keyof typeof RUNTIME_ERRORS

/** Thrown or returned by the plugin runtime. */
export class RuntimeError extends PinionError<RuntimeErrorCode> {
  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(code, RUNTIME_ERRORS[code], message, options)
  }
}

/** The data form of an error of this room, for results that cross a process. */
export function runtimeFault(
  code: RuntimeErrorCode,
  message: string,
  options: Pick<SerializedError, 'hint' | 'at'> = {},
): SerializedError {
  return { code, message, ...options }
}
