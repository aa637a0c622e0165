import { PluginError } from '../errors.ts'

/** Lets a bounded number of runs go at once; the others wait in order, up to a bound. */
export class Slots {
  readonly #waiting: (() => void)[] = []
  readonly #maxWaiting: number
  #free: number

  constructor(count: number, maxWaiting: number) {
    this.#free = count
    this.#maxWaiting = maxWaiting
  }

  /** @throws PluginError `PLUGIN_MANAGER_BUSY` if too many wait */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#take()
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }

  async #take(): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      return
    }
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new PluginError('PLUGIN_MANAGER_BUSY', `${this.#waiting.length} installs wait already.`, {
        hint: 'Try again when some of them have ended.',
      })
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}

/** Runs work under the same key one after another; work under different keys does not wait. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>()

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const run = before.then(work)
    const tail = run.then(
      () => undefined,
      () => undefined,
    )
    this.#tails.set(key, tail)
    try {
      return await run
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key)
    }
  }
}
