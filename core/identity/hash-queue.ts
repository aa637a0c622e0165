import { IdentityError } from './errors.ts'
import { MAX_RUNNING_HASHES, MAX_WAITING_HASHES } from './limits.ts'

/** Hashes a few passwords at a time: a flood of logins must not take the thread pool and the memory. */
export class HashQueue {
  readonly #waiting: (() => void)[] = []
  #running = 0

  /** @throws IdentityError `IDENTITY_BUSY` */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= MAX_RUNNING_HASHES) {
      if (this.#waiting.length >= MAX_WAITING_HASHES) {
        throw new IdentityError('IDENTITY_BUSY', 'Too many logins at once.', {
          hint: 'Try again in a moment, or use an API token.',
        })
      }
      // Whoever ends hands its place over: `#running` stays as it is.
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else {
      this.#running++
    }
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
