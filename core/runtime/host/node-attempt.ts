import type { ContextBridge } from '../guest/task-context.ts'
import { MAX_LOG_CHARS, MAX_METRICS_PER_ATTEMPT } from '../limits.ts'
import { GUEST_LOG_LEVELS } from '../protocol/guest.ts'
import type { HostCall } from './calls/call.ts'
import { platformCalls } from './calls/platform.ts'
import type { HostAttempt } from './host-attempt.ts'
import type { PassToParent } from './parent-calls.ts'

const CALLS: Readonly<Record<string, HostCall>> = platformCalls

export interface NodeAttemptListener {
  /** Log lines, metrics or progress wait to be sent. */
  onRecord(attempt: NodeAttempt): void
}

/** What a task of a `node` plugin stands on: the same calls and permissions, without an isolate in between. */
export class NodeAttempt implements ContextBridge {
  readonly record: HostAttempt
  warning: string | undefined
  readonly #controller = new AbortController()
  readonly #pass: PassToParent
  readonly #listener: NodeAttemptListener

  constructor(record: HostAttempt, pass: PassToParent, listener: NodeAttemptListener) {
    this.record = record
    this.#listener = listener
    this.#pass = pass
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  async call(method: string, params: unknown, bytes?: Uint8Array) {
    this.record.hostCalls++
    const handler = Object.hasOwn(CALLS, method) ? CALLS[method] : undefined
    if (handler === undefined) throw new TypeError(`There is no "${method}".`)
    const output = await handler({
      attempt: this.record,
      pass: this.#pass,
      params: typeof params === 'object' && params !== null ? { ...params } : {},
      bytes,
      signal: this.signal,
    })
    const value: unknown = output.json === undefined ? output.value : JSON.parse(output.json)
    return { value, bytes: output.bytes }
  }

  log(level: number, message: string): void {
    const name = GUEST_LOG_LEVELS[level]
    const text = message.slice(0, MAX_LOG_CHARS)
    const nowMs = Date.now()
    if (name === undefined || !this.record.logBudget.take(text.length, nowMs)) return
    this.record.logs.push({ level: name, message: text, timestampMs: nowMs })
    this.#listener.onRecord(this)
  }

  metric(
    type: 'counter' | 'timer' | 'gauge',
    name: string,
    value: number,
    tags: Readonly<Record<string, string>>,
  ): void {
    if (!Number.isFinite(value) || this.record.metricCount++ >= MAX_METRICS_PER_ATTEMPT) return
    this.record.metrics.push({ type, name: String(name), value, tags })
    this.#listener.onRecord(this)
  }

  progress(fraction: number, message: string | undefined): void {
    this.record.progress = {
      fraction: Math.min(1, Math.max(0, fraction)),
      ...(message === undefined ? {} : { message }),
    }
    this.#listener.onRecord(this)
  }

  warn(reason: string): void {
    this.warning = reason
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer)
        reject(this.signal.reason)
      }
      const timer = setTimeout(() => {
        this.signal.removeEventListener('abort', stop)
        resolve()
      }, durationMs)
      if (this.signal.aborted) stop()
      else this.signal.addEventListener('abort', stop, { once: true })
    })
  }

  stop(reason: 'killed' | 'timeout'): void {
    this.#controller.abort(
      reason === 'timeout'
        ? new DOMException('The attempt ran out of time.', 'TimeoutError')
        : new DOMException('The attempt was killed.', 'AbortError'),
    )
  }
}
