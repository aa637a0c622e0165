import type { SerializedError } from '../../errors/index.ts'
import type { HostBundle, Outcome } from '../protocol/messages.ts'
import type { AttemptLogEntry, AttemptMetric, AttemptUsage } from '../runtime.ts'
import type { HostStream } from './calls/host-stream.ts'
import type { LogBudget } from './log-budget.ts'

export type Answer = readonly [call: number, isOk: boolean, json: string, bytes: Uint8Array | undefined]

/** The platform's answer to a call that was passed on to the parent. */
export type Passed = { readonly resultJson: string } | { readonly error: SerializedError }

export interface Progress {
  readonly fraction: number
  readonly message?: string
}

export interface Records {
  readonly logs: readonly AttemptLogEntry[]
  readonly metrics: readonly AttemptMetric[]
  readonly progress: Progress | undefined
}

/** All that a host keeps for one attempt, and frees with it. */
export class HostAttempt {
  readonly attempt: number
  readonly bundle: HostBundle
  /** Milliseconds. */
  readonly cpuSliceMs: number
  readonly outputBytes: number
  readonly logBudget: LogBudget
  /** Answers and due timers that wait for the next entry. */
  answers: Answer[] = []
  dueTimers: number[] = []
  logs: AttemptLogEntry[] = []
  metrics: AttemptMetric[] = []
  metricCount = 0
  /** The latest, if it has not been sent. */
  progress: Progress | undefined
  callsInSlice = 0
  // Made when they are first needed: most attempts need none of them.
  #calls: Map<number, AbortController> | undefined
  #passed: Map<number, (answer: Passed) => void> | undefined
  #timers: Map<number, () => void> | undefined
  #streams: Map<number, HostStream> | undefined
  /** Set once; what is reported when the code that reached it has been left. */
  #outcome: Outcome | undefined
  isReported = false
  /** Runs from the abort signal on; then the attempt is ended from outside. */
  deadline: NodeJS.Timeout | undefined
  cpuMs = 0
  hostCalls = 0
  bytesIn = 0
  bytesOut = 0
  lastStream = 0

  constructor(
    attempt: number,
    bundle: HostBundle,
    limits: { readonly cpuSliceMs: number; readonly outputBytes: number },
    logBudget: LogBudget,
  ) {
    this.attempt = attempt
    this.bundle = bundle
    this.cpuSliceMs = limits.cpuSliceMs
    this.outputBytes = limits.outputBytes
    this.logBudget = logBudget
  }

  /** Calls under way, with what withdraws them. */
  get calls(): Map<number, AbortController> {
    this.#calls ??= new Map()
    return this.#calls
  }

  /** Calls that the parent must answer. */
  get passed(): Map<number, (answer: Passed) => void> {
    this.#passed ??= new Map()
    return this.#passed
  }

  get timerCount(): number {
    return this.#timers?.size ?? 0
  }

  get streams(): Map<number, HostStream> {
    this.#streams ??= new Map()
    return this.#streams
  }

  get usage(): AttemptUsage {
    const { cpuMs, hostCalls, bytesIn, bytesOut } = this
    return { cpuMs, hostCalls, bytesIn, bytesOut }
  }

  get isEnded(): boolean {
    return this.#outcome !== undefined
  }

  /** Only of an attempt that has ended. */
  get outcome(): Outcome {
    if (this.#outcome === undefined) throw new Error(`Attempt ${this.attempt} has no outcome yet.`)
    return this.#outcome
  }

  /** @param onDue - the timer stands in `dueTimers` then */
  setTimer(timer: number, delayMs: number, repeats: boolean, onDue: () => void): void {
    this.#timers ??= new Map()
    const timers = this.#timers
    const fire = (): void => {
      if (!repeats) timers.delete(timer)
      if (!this.dueTimers.includes(timer)) this.dueTimers.push(timer)
      onDue()
    }
    if (!repeats && delayMs === 0) {
      const handle = setImmediate(fire)
      timers.set(timer, () => clearImmediate(handle))
    } else {
      const handle = repeats ? setInterval(fire, Math.max(1, delayMs)) : setTimeout(fire, delayMs)
      timers.set(timer, () => clearTimeout(handle))
    }
  }

  clearTimer(timer: number): void {
    this.#timers?.get(timer)?.()
    this.#timers?.delete(timer)
  }

  takeRecords(): Records {
    const dropped = this.logBudget.takeDropped()
    if (dropped > 0) {
      const message = `${dropped} log lines were dropped: the attempt logs faster than it may.`
      this.logs.push({ level: 'WARN', message, timestampMs: Date.now() })
    }
    const { logs, metrics, progress } = this
    this.progress = undefined
    if (logs.length > 0) this.logs = []
    if (metrics.length > 0) this.metrics = []
    return { logs, metrics, progress }
  }

  /** Nothing that the attempt began outlives it. */
  end(outcome: Outcome): void {
    this.#outcome = outcome
    clearTimeout(this.deadline)
    for (const clear of this.#timers?.values() ?? []) clear()
    for (const controller of this.#calls?.values() ?? []) controller.abort()
    for (const stream of this.#streams?.values() ?? []) stream.destroy()
    this.#timers = undefined
    this.#calls = undefined
    this.#passed = undefined
    this.#streams = undefined
    this.answers = []
    this.dueTimers = []
  }
}
