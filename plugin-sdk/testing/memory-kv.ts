import type { TaskKv } from '../define/index.ts'
import type { JsonValue } from '../manifest/index.ts'

/**
 * The key-value store of a test. Keys of another namespace than the flow's are kept as `namespace/key`. Nothing
 * expires.
 */
export class MemoryKv implements TaskKv {
  readonly values = new Map<string, JsonValue>()
  readonly #namespace: string

  constructor(namespace: string, values: Readonly<Record<string, JsonValue>>) {
    this.#namespace = namespace
    for (const [key, value] of Object.entries(values)) this.values.set(key, value)
  }

  async get(key: string, options: { readonly namespace?: string } = {}): Promise<JsonValue | undefined> {
    return this.values.get(this.#fullKey(key, options.namespace))
  }

  async set(key: string, value: JsonValue, options: { readonly namespace?: string } = {}): Promise<void> {
    this.values.set(this.#fullKey(key, options.namespace), structuredClone(value))
  }

  async delete(key: string, options: { readonly namespace?: string } = {}): Promise<boolean> {
    return this.values.delete(this.#fullKey(key, options.namespace))
  }

  async keys(
    options: { readonly namespace?: string; readonly prefix?: string } = {},
  ): Promise<readonly string[]> {
    const folder = this.#fullKey('', options.namespace)
    return [...this.values.keys()]
      .filter((key) => key.startsWith(folder) && (folder !== '' || !key.includes('/')))
      .map((key) => key.slice(folder.length))
      .filter((key) => key.startsWith(options.prefix ?? ''))
      .sort()
  }

  #fullKey(key: string, namespace = this.#namespace): string {
    return namespace === this.#namespace ? key : `${namespace}/${key}`
  }
}
