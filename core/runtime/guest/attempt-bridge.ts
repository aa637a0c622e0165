import { MAX_LOG_CHARS } from '../limits.ts'
import type { GuestAttempt } from './attempt-table.ts'
import { cut } from './flatten-error.ts'
import type { CallAnswer, GuestRealm } from './realm.ts'
import type { ContextBridge } from './task-context.ts'

const { stringify } = JSON

/** What an attempt's context stands on inside an isolate. */
export class AttemptBridge implements ContextBridge {
  readonly #realm: GuestRealm
  readonly #record: GuestAttempt
  #signal: AbortSignal | undefined

  constructor(realm: GuestRealm, record: GuestAttempt) {
    this.#realm = realm
    this.#record = record
  }

  call(method: string, params: unknown, bytes?: Uint8Array): Promise<CallAnswer> {
    return this.#realm.call(method, params, bytes, { attempt: this.#record.attempt })
  }

  log(level: number, message: string): void {
    // Cut here as well: the rest need not cross.
    this.#realm.host('log', this.#record.attempt, level, cut(message, MAX_LOG_CHARS))
  }

  metric(
    type: 'counter' | 'timer' | 'gauge',
    name: string,
    value: number,
    tags: Readonly<Record<string, string>>,
  ): void {
    this.#realm.host('metric', this.#record.attempt, stringify({ name, type, value, tags }))
  }

  progress(fraction: number, message: string | undefined): void {
    this.#realm.host('progress', this.#record.attempt, fraction, message)
  }

  warn(reason: string): void {
    this.#record.warning = reason
  }

  sleep(durationMs: number): Promise<void> {
    const record = this.#record
    return new Promise((resolve, reject) => {
      const stop = (reason: string): void => reject(this.#abortError(reason))
      if (record.abortReason !== undefined) {
        stop(record.abortReason)
        return
      }
      record.onAbort.add(stop)
      this.#realm.setTimer(record.attempt, durationMs, () => {
        record.onAbort.delete(stop)
        resolve()
      })
    })
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const controller = new AbortController()
      const stop = (reason: string): void => controller.abort(this.#abortError(reason))
      if (this.#record.abortReason === undefined) this.#record.onAbort.add(stop)
      else stop(this.#record.abortReason)
      this.#signal = controller.signal
    }
    return this.#signal
  }

  #abortError(reason: string): Error {
    const { DOMException } = this.#realm.use('events')
    return reason === 'timeout'
      ? new DOMException('The attempt ran out of time.', 'TimeoutError')
      : new DOMException('The attempt was killed.', 'AbortError')
  }
}
