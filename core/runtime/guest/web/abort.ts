import { DOMException } from './dom-exception.ts'
import { Event } from './event.ts'
import type { EventTargetClass } from './event-target.ts'

const MAKER = Symbol('maker')

/** https://dom.spec.whatwg.org/#aborting-ongoing-activities */
export function createAbort(EventTarget: EventTargetClass) {
  class AbortSignal extends EventTarget {
    #isAborted = false
    #reason: unknown
    #onabort: ((event: Event) => unknown) | null = null

    constructor(maker?: symbol) {
      if (maker !== MAKER) throw new TypeError('Illegal constructor')
      super()
    }

    static abort(reason?: unknown): AbortSignal {
      const signal = new AbortSignal(MAKER)
      signal.#abort(reason)
      return signal
    }

    /** @param delayMs - milliseconds */
    static timeout(delayMs: number): AbortSignal {
      const signal = new AbortSignal(MAKER)
      setTimeout(() => signal.#abort(new DOMException('The operation timed out.', 'TimeoutError')), delayMs)
      return signal
    }

    static any(signals: Iterable<AbortSignal>): AbortSignal {
      const joined = new AbortSignal(MAKER)
      for (const signal of signals) {
        if (signal.aborted) {
          joined.#abort(signal.reason)
          break
        }
        signal.addEventListener('abort', () => joined.#abort(signal.reason), { once: true })
      }
      return joined
    }

    static begin(): { readonly signal: AbortSignal; abort(reason: unknown): void } {
      const signal = new AbortSignal(MAKER)
      return { signal, abort: (reason) => signal.#abort(reason) }
    }

    get aborted(): boolean {
      return this.#isAborted
    }

    get reason(): unknown {
      return this.#reason
    }

    get onabort(): ((event: Event) => unknown) | null {
      return this.#onabort
    }

    set onabort(listener: ((event: Event) => unknown) | null) {
      if (this.#onabort !== null) this.removeEventListener('abort', this.#onabort)
      this.#onabort = typeof listener === 'function' ? listener : null
      if (this.#onabort !== null) this.addEventListener('abort', this.#onabort)
    }

    throwIfAborted(): void {
      if (this.#isAborted) throw this.#reason
    }

    #abort(reason: unknown): void {
      if (this.#isAborted) return
      this.#isAborted = true
      this.#reason =
        reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason
      this.dispatchEvent(new Event('abort'))
    }
  }

  // Only the controller may abort a signal that it made, so the way in is taken off the class again.
  const { begin } = AbortSignal
  Reflect.deleteProperty(AbortSignal, 'begin')

  class AbortController {
    readonly #begun = begin()

    get signal(): AbortSignal {
      return this.#begun.signal
    }

    abort(reason?: unknown): void {
      this.#begun.abort(reason)
    }
  }

  return { AbortSignal, AbortController }
}
