import type { HostBundle } from '../protocol/messages.ts'
import { type IsolateEnvironment, PluginIsolate } from './plugin-isolate.ts'

/** The isolates of this host: one for each bundle that takes attempts, and the retired ones that still have some. */
export class IsolateTable {
  /** In order of last use, the least recent first. */
  readonly #current = new Map<number, PluginIsolate>()
  readonly #retired = new Set<PluginIsolate>()
  readonly #environment: IsolateEnvironment
  readonly #capacity: number
  readonly #onEvicted: (bundle: number) => void
  made = 0

  constructor(environment: IsolateEnvironment, capacity: number, onEvicted: (bundle: number) => void) {
    this.#environment = environment
    this.#capacity = capacity
    this.#onEvicted = onEvicted
  }

  get size(): number {
    return this.#current.size + this.#retired.size
  }

  /**
   * @param attempt - the one to blame for what the loading does, 0 for none
   * @throws RuntimeError if the bundle cannot be loaded; nothing is left of it then
   */
  acquire(bundle: HostBundle, attempt: number): PluginIsolate {
    const known = this.#current.get(bundle.bundle)
    if (known !== undefined && !known.isTainted && !known.isGone) {
      this.#current.delete(bundle.bundle)
      this.#current.set(bundle.bundle, known)
      return known
    }
    this.retire(bundle.bundle)
    this.#makeRoom()
    const isolate = new PluginIsolate(bundle, this.#environment)
    this.made++
    try {
      isolate.load(attempt)
    } catch (error) {
      isolate.dispose()
      throw error
    }
    this.#current.set(bundle.bundle, isolate)
    return isolate
  }

  /** Gives it no new attempts; frees it when it has none left. */
  retire(bundle: number): void {
    const known = this.#current.get(bundle)
    if (known === undefined) return
    this.#current.delete(bundle)
    this.#retired.add(known)
    this.sweep(known)
  }

  /** Called when an attempt has left: frees what is retired and empty. */
  sweep(isolate: PluginIsolate): void {
    if (isolate.attempts.size > 0 || !this.#retired.delete(isolate)) return
    isolate.dispose()
  }

  #makeRoom(): void {
    if (this.#current.size < this.#capacity) return
    for (const [bundle, isolate] of this.#current) {
      if (isolate.attempts.size > 0) continue
      this.retire(bundle)
      this.#onEvicted(bundle)
      return
    }
  }
}
