import type { Log } from '../log/index.ts'

/** What was opened, to be closed in reverse; one that fails keeps none of the others from closing. */
export class Closers {
  readonly #log: Log
  readonly #closers: { readonly what: string; readonly close: () => Promise<void> | void }[] = []

  constructor(log: Log) {
    this.#log = log
  }

  add(what: string, close: () => Promise<void> | void): void {
    this.#closers.push({ what, close })
  }

  async close(): Promise<void> {
    for (let next = this.#closers.pop(); next !== undefined; next = this.#closers.pop()) {
      try {
        await next.close()
      } catch (error) {
        this.#log.error('A part of the server did not close well.', { part: next.what, error })
      }
    }
  }
}
