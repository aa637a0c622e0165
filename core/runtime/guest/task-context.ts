import type {
  JsonObject,
  JsonValue,
  Logger,
  Metrics,
  TaskContext,
  TaskKv,
  TaskStorage,
  TriggerContext,
} from '@pinion/plugin-sdk'
import { CHUNK_BYTES } from '../limits.ts'
import type { AttemptContext } from '../runtime.ts'
import { concatBytes, toChunks } from './bytes.ts'
import type { CallAnswer } from './realm.ts'

/** What a task context stands on: the bridge out of an isolate, or the channel of a `node` plugin's process. */
export interface ContextBridge {
  call(method: string, params: unknown, bytes?: Uint8Array): Promise<CallAnswer>
  /** @param level - index into `GUEST_LOG_LEVELS` */
  log(level: number, message: string): void
  metric(
    type: 'counter' | 'timer' | 'gauge',
    name: string,
    value: number,
    tags: Readonly<Record<string, string>>,
  ): void
  progress(fraction: number, message: string | undefined): void
  warn(reason: string): void
  sleep(durationMs: number): Promise<void>
  readonly signal: AbortSignal
}

/** What `run` gets: plugin-sdk/define/context.ts. Parts are made when they are first asked for. */
export function createTaskContext(bridge: ContextBridge, readInfo: () => AttemptContext): TaskContext {
  return new BridgedContext(bridge, readInfo)
}

/** What `evaluate` gets. */
export function createTriggerContext(bridge: ContextBridge, info: AttemptContext): TriggerContext {
  return new BridgedTriggerContext(bridge, info)
}

/** Everything is a getter of a function of its own: tasks take parts out of the context by destructuring. */
class BridgedContext implements TaskContext {
  readonly #bridge: ContextBridge
  readonly #readInfo: () => AttemptContext
  #info: AttemptContext | undefined
  #log: Logger | undefined
  #metrics: Metrics | undefined
  #storage: TaskStorage | undefined
  #kv: TaskKv | undefined

  constructor(bridge: ContextBridge, readInfo: () => AttemptContext) {
    this.#bridge = bridge
    this.#readInfo = readInfo
  }

  get log(): Logger {
    this.#log ??= createLogger(this.#bridge)
    return this.#log
  }

  get metrics(): Metrics {
    this.#metrics ??= createMetrics(this.#bridge)
    return this.#metrics
  }

  get storage(): TaskStorage {
    this.#storage ??= createStorage(this.#bridge)
    return this.#storage
  }

  get kv(): TaskKv {
    this.#kv ??= createKv(this.#bridge)
    return this.#kv
  }

  get configuration(): JsonObject {
    return this.execution.configuration
  }

  get execution(): AttemptContext {
    this.#info ??= this.#readInfo()
    return this.#info
  }

  get signal(): AbortSignal {
    return this.#bridge.signal
  }

  get secret(): TaskContext['secret'] {
    const bridge = this.#bridge
    return async (name) => stringOf(await bridge.call('secret.get', { name: String(name) }))
  }

  get render(): TaskContext['render'] {
    const bridge = this.#bridge
    return async (template, variables) =>
      stringOf(await bridge.call('render', { template: String(template), variables }))
  }

  get sleep(): TaskContext['sleep'] {
    const bridge = this.#bridge
    return (durationMs) => bridge.sleep(durationMs)
  }

  get progress(): TaskContext['progress'] {
    const bridge = this.#bridge
    return (fraction, message) =>
      bridge.progress(Number(fraction), message === undefined ? undefined : String(message))
  }

  get warn(): TaskContext['warn'] {
    const bridge = this.#bridge
    return (reason) => bridge.warn(String(reason))
  }
}

class BridgedTriggerContext extends BridgedContext implements TriggerContext {
  readonly lastEvaluation?: string

  constructor(bridge: ContextBridge, info: AttemptContext) {
    super(bridge, () => info)
    if (info.lastEvaluation !== undefined) this.lastEvaluation = info.lastEvaluation
  }
}

function createLogger(bridge: ContextBridge): Logger {
  return {
    trace: (message) => bridge.log(0, String(message)),
    debug: (message) => bridge.log(1, String(message)),
    info: (message) => bridge.log(2, String(message)),
    warn: (message) => bridge.log(3, String(message)),
    error: (message) => bridge.log(4, String(message)),
  }
}

function createMetrics(bridge: ContextBridge): Metrics {
  return {
    counter: (name, value = 1, tags = {}) => bridge.metric('counter', name, value, tags),
    timer: (name, valueMs, tags = {}) => bridge.metric('timer', name, valueMs, tags),
    gauge: (name, value, tags = {}) => bridge.metric('gauge', name, value, tags),
  }
}

function createStorage(bridge: ContextBridge): TaskStorage {
  const stat = async (uri: string): Promise<number | undefined> => {
    const size = (await bridge.call('storage.stat', { uri: String(uri) })).value
    return typeof size === 'number' ? size : undefined
  }
  const sizeOf = async (uri: string): Promise<number> => {
    const sizeBytes = await stat(uri)
    if (sizeBytes === undefined) throw new Error(`There is no file ${uri} in the internal storage.`)
    return sizeBytes
  }
  const readPart = async (uri: string, offset: number): Promise<Uint8Array> =>
    bytesOf(await bridge.call('storage.read', { uri: String(uri), offset, length: CHUNK_BYTES }))
  const bytes = async (uri: string): Promise<Uint8Array> => {
    const sizeBytes = await sizeOf(uri)
    const parts: Uint8Array[] = []
    for (let offset = 0; offset < sizeBytes; ) {
      const part = await readPart(uri, offset)
      if (part.byteLength === 0) break
      parts.push(part)
      offset += part.byteLength
    }
    return concatBytes(parts)
  }
  return {
    bytes,
    size: sizeOf,
    exists: async (uri) => (await stat(uri)) !== undefined,
    text: async (uri) => new TextDecoder().decode(await bytes(uri)),
    get: async (uri) => {
      const sizeBytes = await sizeOf(uri)
      let offset = 0
      return new ReadableStream<Uint8Array>(
        {
          pull: async (controller) => {
            const part = offset < sizeBytes ? await readPart(uri, offset) : new Uint8Array()
            offset += part.byteLength
            if (part.byteLength === 0) controller.close()
            else controller.enqueue(part)
          },
        },
        { highWaterMark: 0 },
      )
    },
    put: async (name, data) => {
      const upload = (await bridge.call('upload.open', { name: String(name) })).value
      for await (const chunk of toChunks(data, CHUNK_BYTES)) {
        await bridge.call('upload.write', { upload }, chunk)
      }
      return stringOf(await bridge.call('upload.close', { upload }))
    },
    delete: async (uri) => {
      await bridge.call('storage.delete', { uri: String(uri) })
    },
  }
}

function createKv(bridge: ContextBridge): TaskKv {
  return {
    get: async (key, options = {}) => {
      const { value } = await bridge.call('kv.get', { key: String(key), namespace: options.namespace })
      return isJson(value) ? value : undefined
    },
    set: async (key, value, options = {}) => {
      const valueJson = JSON.stringify(value)
      if (valueJson === undefined) throw new TypeError(`The value for the key "${key}" is not JSON.`)
      await bridge.call('kv.set', {
        key: String(key),
        valueJson,
        namespace: options.namespace,
        ttlMs: options.ttlMs,
      })
    },
    delete: async (key, options = {}) =>
      (await bridge.call('kv.delete', { key: String(key), namespace: options.namespace })).value === true,
    keys: async (options = {}) => {
      const { value } = await bridge.call('kv.keys', { namespace: options.namespace, prefix: options.prefix })
      return Array.isArray(value) ? value.map(String) : []
    },
  }
}

/** The bridge carries JSON only, so that whatever is there is a JSON value. */
function isJson(value: unknown): value is JsonValue {
  return value !== undefined
}

function stringOf(answer: CallAnswer): string {
  if (typeof answer.value === 'string') return answer.value
  throw new TypeError('The platform answered with something that is not a text.')
}

function bytesOf(answer: CallAnswer): Uint8Array {
  if (answer.bytes !== undefined) return answer.bytes
  throw new TypeError('The platform answered without data.')
}
