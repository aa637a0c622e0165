import { randomUUID } from 'node:crypto'
import type {
  AttemptCalls,
  AttemptLogEntry,
  AttemptMethod,
  AttemptMetric,
  AttemptServices,
} from '../runtime.ts'

type Handlers = {
  [M in AttemptMethod]: (params: AttemptCalls[M]['params']) => Promise<AttemptCalls[M]['result']>
}

/** The platform behind an attempt, in memory. */
export class TestServices implements AttemptServices {
  readonly logs: AttemptLogEntry[] = []
  readonly metrics: AttemptMetric[] = []
  readonly progresses: { readonly fraction: number; readonly message: string | undefined }[] = []
  readonly files = new Map<string, Buffer>()
  readonly values = new Map<string, string>()
  readonly secrets = new Map<string, string>([['TOKEN', 'hush']])
  readonly #uploads = new Map<string, Buffer[]>()
  readonly #onLog = new Map<string, () => void>()

  readonly #handlers: Handlers = {
    'storage.stat': async ({ uri }) => {
      const file = this.files.get(uri)
      return file === undefined ? null : { sizeBytes: file.byteLength }
    },
    'storage.read': async ({ uri, offset, length }) => {
      const file = this.#file(uri)
      return {
        base64: file.subarray(offset, offset + length).toString('base64'),
        sizeBytes: file.byteLength,
      }
    },
    'storage.write': async ({ uploadId, name, base64, done }) => {
      const parts = this.#uploads.get(uploadId) ?? []
      parts.push(Buffer.from(base64, 'base64'))
      this.#uploads.set(uploadId, parts)
      if (!done) return { uri: null }
      const uri = `kestra:///test/${randomUUID()}/${name}`
      this.files.set(uri, Buffer.concat(parts))
      return { uri }
    },
    'storage.delete': async ({ uri }) => {
      this.files.delete(uri)
      return null
    },
    'kv.get': async ({ key }) => {
      const valueJson = this.values.get(key)
      return valueJson === undefined ? null : { valueJson }
    },
    'kv.set': async ({ key, valueJson }) => {
      this.values.set(key, valueJson)
      return null
    },
    'kv.delete': async ({ key }) => this.values.delete(key),
    'kv.keys': async ({ prefix }) => [...this.values.keys()].filter((key) => key.startsWith(prefix ?? '')),
    'secret.get': async ({ name }) => {
      const value = this.secrets.get(name)
      if (value === undefined) throw new Error(`There is no secret ${name}.`)
      return value
    },
    render: async ({ template, variables }) =>
      template.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => String(variables?.[name] ?? '')),
  }

  call<M extends AttemptMethod>(
    method: M,
    params: AttemptCalls[M]['params'],
  ): Promise<AttemptCalls[M]['result']> {
    return this.#handlers[method](params)
  }

  log(entries: readonly AttemptLogEntry[]): void {
    this.logs.push(...entries)
    for (const { message } of entries) this.#onLog.get(message)?.()
  }

  metric(metrics: readonly AttemptMetric[]): void {
    this.metrics.push(...metrics)
  }

  progress(fraction: number, message: string | undefined): void {
    this.progresses.push({ fraction, message })
  }

  get messages(): string[] {
    return this.logs.map(({ message }) => message)
  }

  /** Resolves when the attempt has logged exactly this. */
  async logged(message: string): Promise<void> {
    if (this.messages.includes(message)) return
    await new Promise<void>((resolve) => this.#onLog.set(message, resolve))
  }

  #file(uri: string): Buffer {
    const file = this.files.get(uri)
    if (file === undefined) throw new Error(`There is no file ${uri}.`)
    return file
  }
}
