import { RuntimeError, type RuntimeErrorCode } from './errors.ts'
import {
  DEFAULT_CPU_SLICE_MS,
  DEFAULT_HOST_RESIDENT_BYTES,
  DEFAULT_ISOLATE_HEAP_BYTES,
  DEFAULT_ISOLATES_PER_HOST,
  DEFAULT_OUTPUT_BYTES,
  DEFAULT_RECYCLE_AFTER_ATTEMPTS,
  DEFAULT_RECYCLE_AFTER_ISOLATES,
  DEFAULT_WALL_TIME_MS,
} from './limits.ts'
import type { AttemptLimits, BundleRef } from './runtime.ts'

/** A host's death, or another event that an operator should hear of. */
export interface RuntimeIncident {
  readonly code: RuntimeErrorCode
  /** The version whose code did it, as far as is known. */
  readonly packageName?: string
  readonly version?: string
  readonly sha512?: string
  readonly pid: number
  readonly message: string
  /** Attempts that were lost with it, through no fault of their own. */
  readonly lostAttempts: number
}

export interface PluginRuntimeOptions {
  /**
   * A folder that only this product may write: V8's code cache and the isolates' own scripts. Who can write there can run
   * code in the hosts.
   */
  readonly cacheDir: string
  /** Plugin hosts that take attempts. Default: the number of cores, but at least 2. One more is kept ready. */
  readonly hosts?: number
  /** Bytes of V8 heap for each isolate; default 128 MiB, at least 8 MiB. V8 treats it as a guideline. */
  readonly isolateHeapBytes?: number
  /** Bytes of resident memory at which a host without isolates is killed; default 400 MiB. Each isolate adds 3 MiB. */
  readonly hostResidentBytes?: number
  /** Isolates that a host keeps loaded; default 256. Beyond it the least recently used idle one is freed. */
  readonly isolatesPerHost?: number
  /** Attempts after which a host is replaced; default 1,000,000. */
  readonly recycleAfterAttempts?: number
  /** Isolates made after which a host is replaced; default 1,000. */
  readonly recycleAfterIsolates?: number
  /** For attempts that bring none of their own. */
  readonly attemptDefaults?: AttemptLimits
  /** Whether `runtime: node` plugins may run at all; default true. */
  readonly allowsNodeRuntime?: boolean
  /** Told of every host that died, and of whose fault it was. Must not throw. */
  readonly onIncident?: (incident: RuntimeIncident) => void
}

export interface ResolvedOptions {
  readonly cacheDir: string
  readonly hosts: number
  readonly isolateHeapBytes: number
  readonly hostResidentBytes: number
  readonly isolatesPerHost: number
  readonly recycleAfterAttempts: number
  readonly recycleAfterIsolates: number
  readonly attemptDefaults: Required<AttemptLimits>
  readonly allowsNodeRuntime: boolean
  readonly onIncident: (incident: RuntimeIncident) => void
}

const MIN_ISOLATE_HEAP_BYTES = 8 * 1024 * 1024
const MIN_HOST_RESIDENT_BYTES = 128 * 1024 * 1024

/** @throws RuntimeError `RUNTIME_OPTION_INVALID`, with all faults in one message */
export function resolveOptions(options: PluginRuntimeOptions, cores: number): ResolvedOptions {
  const resolved: ResolvedOptions = {
    cacheDir: options.cacheDir,
    hosts: options.hosts ?? Math.max(2, cores),
    isolateHeapBytes: options.isolateHeapBytes ?? DEFAULT_ISOLATE_HEAP_BYTES,
    hostResidentBytes: options.hostResidentBytes ?? DEFAULT_HOST_RESIDENT_BYTES,
    isolatesPerHost: options.isolatesPerHost ?? DEFAULT_ISOLATES_PER_HOST,
    recycleAfterAttempts: options.recycleAfterAttempts ?? DEFAULT_RECYCLE_AFTER_ATTEMPTS,
    recycleAfterIsolates: options.recycleAfterIsolates ?? DEFAULT_RECYCLE_AFTER_ISOLATES,
    attemptDefaults: {
      wallTimeMs: options.attemptDefaults?.wallTimeMs ?? DEFAULT_WALL_TIME_MS,
      cpuSliceMs: options.attemptDefaults?.cpuSliceMs ?? DEFAULT_CPU_SLICE_MS,
      outputBytes: options.attemptDefaults?.outputBytes ?? DEFAULT_OUTPUT_BYTES,
    },
    allowsNodeRuntime: options.allowsNodeRuntime ?? true,
    onIncident: options.onIncident ?? (() => {}),
  }
  const counts = [
    'hosts',
    'isolatesPerHost',
    'recycleAfterAttempts',
    'recycleAfterIsolates',
  ] as const satisfies readonly (keyof ResolvedOptions)[]
  const faults = counts
    .filter((name) => !Number.isSafeInteger(resolved[name]) || resolved[name] < 1)
    .map((name) => `${name} must be a whole number from 1; it is ${resolved[name]}.`)
  if (!(resolved.isolateHeapBytes >= MIN_ISOLATE_HEAP_BYTES)) {
    faults.push(
      `isolateHeapBytes must be at least ${MIN_ISOLATE_HEAP_BYTES}; it is ${resolved.isolateHeapBytes}.`,
    )
  }
  if (!(resolved.hostResidentBytes >= MIN_HOST_RESIDENT_BYTES)) {
    faults.push(
      `hostResidentBytes must be at least ${MIN_HOST_RESIDENT_BYTES}; it is ${resolved.hostResidentBytes}.`,
    )
  }
  if (faults.length > 0) throw new RuntimeError('RUNTIME_OPTION_INVALID', faults.join(' '))
  return resolved
}

/** What makes two references one and the same code with the same rights: another grant never meets an old isolate. */
export function bundleKey(bundle: BundleRef): string {
  const { packageName, version, runtime, sha512, permissions, types } = bundle
  return JSON.stringify([sha512, packageName, version, runtime, permissions, types])
}
