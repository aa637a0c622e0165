import { LOGIN_ADDRESSES, LOGIN_FAILURE_WINDOW_MS, LOGIN_FAILURES } from '../limits.ts'

interface Failures {
  count: number
  readonly sinceMs: number
}

/** Counts failed logins by address, so that guessing costs time. Bounded: the address unseen for longest is forgotten. */
export class LoginThrottle {
  readonly #failures = new Map<string, Failures>()
  readonly #now: () => number

  /** @param now - Unix epoch in milliseconds */
  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  isBlocked(address: string): boolean {
    return (this.#recent(address)?.count ?? 0) >= LOGIN_FAILURES
  }

  failed(address: string): void {
    const failures = this.#recent(address) ?? { count: 0, sinceMs: this.#now() }
    failures.count++
    // Set anew, so that a map's order is the order of the last failure.
    this.#failures.delete(address)
    this.#failures.set(address, failures)
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > LOGIN_ADDRESSES && oldest !== undefined) this.#failures.delete(oldest)
  }

  #recent(address: string): Failures | undefined {
    const found = this.#failures.get(address)
    if (found === undefined || this.#now() - found.sinceMs < LOGIN_FAILURE_WINDOW_MS) return found
    this.#failures.delete(address)
    return undefined
  }
}
