import type { ExecutionInfo, TaskContext, TaskKv, TaskStorage } from '../define/index.ts'
import { SdkError } from '../errors.ts'
import type { JsonObject, JsonValue } from '../manifest/index.ts'
import { MemoryKv } from './memory-kv.ts'
import { MemoryStorage } from './memory-storage.ts'
import { renderVariables } from './render.ts'

export interface LoggedLine {
  readonly level: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
  readonly message: string
}

export interface RecordedMetric {
  readonly type: 'counter' | 'timer' | 'gauge'
  readonly name: string
  readonly value: number
  readonly tags: Readonly<Record<string, string>>
}

/** What a test gives the fake context; everything has a default. */
export interface TaskContextOverrides {
  /** Files that are there already, by URI. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  readonly kv?: Readonly<Record<string, JsonValue>>
  readonly secrets?: Readonly<Record<string, string>>
  /** What `render` finds. */
  readonly variables?: JsonObject
  readonly configuration?: JsonObject
  readonly execution?: Partial<ExecutionInfo>
  readonly signal?: AbortSignal
  /** Replaces the waiting itself; by default a sleep ends at once. */
  readonly sleep?: (durationMs: number) => Promise<void>
  /** Replaces the simple renderer. */
  readonly render?: (template: string, variables: JsonObject) => Promise<string> | string
  /** For triggers: when it was last evaluated. */
  readonly lastEvaluation?: string
}

/** A context that remembers what was done with it. */
export interface RecordingTaskContext extends TaskContext {
  readonly lastEvaluation?: string
  readonly recorded: {
    readonly logs: readonly LoggedLine[]
    readonly metrics: readonly RecordedMetric[]
    /** By URI. */
    readonly files: ReadonlyMap<string, Uint8Array>
    readonly kv: ReadonlyMap<string, JsonValue>
    readonly sleepsMs: readonly number[]
    readonly progress: readonly { readonly fraction: number; readonly message?: string }[]
    readonly warnings: readonly string[]
  }
}

const EXECUTION: ExecutionInfo = {
  tenant: 'main',
  executionId: 'test-execution',
  namespace: 'company.team',
  flowId: 'test',
  flowRevision: 1,
  taskId: 'task',
  taskRunId: 'test-task-run',
  attempt: 0,
}

/**
 * Makes a task's context without a platform behind it: logs, metrics, files and values stay in memory and can be
 * looked at in `recorded`. It grants everything; whether the permissions in package.json suffice is seen in a
 * flow test.
 */
export function createTaskContext(overrides: TaskContextOverrides = {}): RecordingTaskContext {
  const logs: LoggedLine[] = []
  const metrics: RecordedMetric[] = []
  const sleepsMs: number[] = []
  const progress: { fraction: number; message?: string }[] = []
  const warnings: string[] = []
  const execution = { ...EXECUTION, ...overrides.execution }
  const storage = new MemoryStorage(execution, overrides.files ?? {})
  const kv = new MemoryKv(execution.namespace, overrides.kv ?? {})
  const signal = overrides.signal ?? new AbortController().signal
  const logAt = (level: LoggedLine['level']) => (message: string) => void logs.push({ level, message })
  const record = (
    type: RecordedMetric['type'],
    name: string,
    value: number,
    tags: RecordedMetric['tags'] = {},
  ) => {
    if (!Number.isFinite(value))
      throw new RangeError(`The metric "${name}" is not a finite number: ${value}.`)
    metrics.push({ type, name, value, tags })
  }
  return {
    log: {
      trace: logAt('TRACE'),
      debug: logAt('DEBUG'),
      info: logAt('INFO'),
      warn: logAt('WARN'),
      error: logAt('ERROR'),
    },
    metrics: {
      counter: (name, value = 1, tags) => record('counter', name, value, tags),
      timer: (name, valueMs, tags) => record('timer', name, valueMs, tags),
      gauge: (name, value, tags) => record('gauge', name, value, tags),
    },
    storage: storage satisfies TaskStorage,
    kv: kv satisfies TaskKv,
    configuration: overrides.configuration ?? {},
    execution,
    signal,
    ...(overrides.lastEvaluation === undefined ? {} : { lastEvaluation: overrides.lastEvaluation }),
    async secret(name) {
      const value = overrides.secrets?.[name]
      if (value !== undefined) return value
      throw new SdkError('PLUGIN_TEST_CONTEXT_LACKS', `The test gave no secret "${name}".`, {
        hint: `Give it: { secrets: { ${name}: '…' } }.`,
      })
    },
    async render(template, variables = {}) {
      const scope = { ...overrides.variables, ...variables }
      return overrides.render ? await overrides.render(template, scope) : renderVariables(template, scope)
    },
    async sleep(durationMs) {
      sleepsMs.push(durationMs)
      signal.throwIfAborted()
      await overrides.sleep?.(durationMs)
    },
    progress(fraction, message) {
      progress.push({ fraction, ...(message === undefined ? {} : { message }) })
    },
    warn(reason) {
      warnings.push(reason)
    },
    recorded: { logs, metrics, files: storage.files, kv: kv.values, sleepsMs, progress, warnings },
  }
}
