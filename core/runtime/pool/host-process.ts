import { type ChildProcess, fork } from 'node:child_process'
import {
  HOST_START_TIMEOUT_MS,
  MAX_STDERR_CHARS,
  PING_INTERVAL_MS,
  PING_TIMEOUT_MS,
  RESIDENT_BYTES_PER_ISOLATE,
  RETIRE_RESIDENT_SHARE,
  STEAL_AFTER_MS,
  UNRESPONSIVE_GRACE_MS,
} from '../limits.ts'
import type { Marker } from '../protocol/marker.ts'
import type { FromHost, HostReport, ToHost } from '../protocol/messages.ts'
import { readHostMessage } from '../protocol/read-host-message.ts'
import { MarkerFile } from './marker-file.ts'
import type { PoolAttempt } from './pool-attempt.ts'
import { residentBytesOf } from './resident-memory.ts'
import type { Death, DeathCause } from './verdict.ts'

/** An attempt as hosts and pools have it. */
export type HostedAttempt = PoolAttempt<HostProcess>

/** Milliseconds for the channel of a dead host to end, which somebody else could hold open. */
const DRAIN_TIMEOUT_MS = 1_000

export interface HostSpec {
  readonly entryPath: string
  /** The only argument: JSON. */
  readonly configJson: string
  readonly execArgv: readonly string[]
  /** The whole environment of the child. */
  readonly env: Readonly<Record<string, string>>
  /** Bytes without any isolate. */
  readonly residentLimitBytes: number
  /** It stops after a long slice until it is told what was taken from it: then something may be taken. */
  readonly answersStalls: boolean
}

export interface HostListener {
  onReady(host: HostProcess): void
  onMessage(host: HostProcess, message: FromHost): void
  /** It has been in one slice for long: what it has not begun can be taken back. */
  onSlow(host: HostProcess): void
  onDeath(host: HostProcess, death: Death): void
}

/**
 * A plugin host as its parent sees it.
 *
 * - STARTING: forked; takes no attempts yet.
 * - READY: takes attempts.
 * - RETIRING: keeps what it has and takes nothing new; stopped when it is empty.
 * - DEAD: gone, and reported as such exactly once.
 */
export type HostState = 'STARTING' | 'READY' | 'RETIRING' | 'DEAD'

export class HostProcess {
  state: HostState = 'STARTING'
  readonly attempts = new Map<number, HostedAttempt>()
  /** Bundles that it has been told of, and those that it has loaded. */
  readonly known = new Set<number>()
  readonly loaded = new Set<number>()
  unstarted = 0
  attemptsGiven = 0
  report: HostReport = { residentBytes: 0, isolates: 0, isolatesMade: 0 }
  /** Bytes when it was ready. */
  baselineBytes = 0
  /**
   * In a long slice, as far as the marker tells. The host itself stops after any slice of more than `STALL_MS` and
   * waits for `resume`. We look at one and the same slice for `STEAL_AFTER_MS`, which is more: so whatever we take from
   * it meanwhile it cannot begin before it has read what was taken.
   */
  isSlow = false
  taken: number[] = []
  /** As last looked at. */
  marker: Marker = { seq: 0, attempt: 0, bundle: 0, sliceMs: 0, begun: 0, isCatastrophe: false }
  readonly whenDead: Promise<void>
  readonly #tellDead: () => void
  readonly #child: ChildProcess
  readonly #listener: HostListener
  readonly #marker = new MarkerFile()
  readonly #residentLimitBytes: number
  readonly #answersStalls: boolean
  #outbox: ToHost[] = []
  #stderr = ''
  #cause: DeathCause | undefined
  #residentBytes = 0
  #seen: { readonly seq: number; readonly sinceMs: number } = { seq: -1, sinceMs: 0 }
  #pingSeq = 0
  #pingedAtMs = 0
  #answeredAtMs: number
  readonly #startTimer: NodeJS.Timeout

  constructor(spec: HostSpec, listener: HostListener) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.whenDead = promise
    this.#tellDead = resolve
    this.#listener = listener
    this.#residentLimitBytes = spec.residentLimitBytes
    this.#answersStalls = spec.answersStalls
    this.#answeredAtMs = performance.now()
    this.#child = fork(spec.entryPath, [spec.configJson], {
      execArgv: [...spec.execArgv],
      env: { ...spec.env },
      // Payloads are JSON text, which V8's own format copies as it is; as JSON it would be escaped: 2 times slower.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', this.#marker.fd],
    })
    this.#startTimer = setTimeout(() => this.kill('unresponsive'), HOST_START_TIMEOUT_MS)
    this.#child.on('message', (messages) => this.#receive(messages))
    this.#child.on('error', () => {
      // Without a process there will be no exit either.
      if (this.#child.pid === undefined) this.#died(null, null)
      else this.kill('crash')
    })
    // What it said before it died is still read: a result that was reached counts.
    const drained = new Promise<void>((resolve) => this.#child.once('disconnect', resolve))
    this.#child.on('exit', (code, signal) => {
      const late = setTimeout(() => this.#died(code, signal), DRAIN_TIMEOUT_MS)
      void drained.then(() => {
        clearTimeout(late)
        this.#died(code, signal)
      })
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR_CHARS)
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get residentBytes(): number {
    return this.#residentBytes
  }

  get isOpen(): boolean {
    return this.state === 'READY' && !this.isSlow
  }

  get running(): number {
    return this.attempts.size - this.unstarted
  }

  get isSwollen(): boolean {
    return this.#residentBytes > this.#residentBound * RETIRE_RESIDENT_SHARE
  }

  /** Messages of one turn of the event loop leave as one. */
  send(message: ToHost): void {
    if (this.state === 'DEAD') return
    if (this.#outbox.length === 0) setImmediate(() => this.#flush())
    this.#outbox.push(message)
  }

  /** Ends it at once; `onDeath` follows when the system confirms it. */
  kill(cause: DeathCause): void {
    if (this.state === 'DEAD') return
    this.#cause ??= cause
    this.#child.kill('SIGKILL')
  }

  /** Looks at its memory and its marker. Called every `WATCH_INTERVAL_MS`. */
  watch(nowMs: number): void {
    if (this.state === 'DEAD') return
    this.#residentBytes = residentBytesOf(this.pid) ?? this.report.residentBytes
    if (this.#residentBytes > this.#residentBound) {
      this.kill('memory')
      return
    }
    if (this.state === 'STARTING') return
    const marker = this.#marker.read()
    this.marker = marker
    if (marker.seq !== this.#seen.seq) this.#seen = { seq: marker.seq, sinceMs: nowMs }
    const isInside = marker.attempt !== 0 || marker.bundle !== 0
    const forMs = nowMs - this.#seen.sinceMs
    if (isInside && forMs > marker.sliceMs + UNRESPONSIVE_GRACE_MS) this.kill('unresponsive')
    else if (isInside && forMs > STEAL_AFTER_MS && this.#answersStalls) {
      this.isSlow = true
      this.#listener.onSlow(this)
    }
    this.#ping(nowMs, isInside)
  }

  #ping(nowMs: number, isInside: boolean): void {
    // Inside plugin code the slice's own bound holds, and nobody reads pings.
    if (isInside) this.#answeredAtMs = nowMs
    if (nowMs - this.#answeredAtMs > PING_TIMEOUT_MS) {
      this.kill('unresponsive')
      return
    }
    if (nowMs - this.#pingedAtMs < PING_INTERVAL_MS) return
    this.#pingedAtMs = nowMs
    this.send({ t: 'ping', seq: ++this.#pingSeq })
  }

  get #residentBound(): number {
    return this.#residentLimitBytes + this.report.isolates * RESIDENT_BYTES_PER_ISOLATE
  }

  #flush(): void {
    const messages = this.#outbox
    this.#outbox = []
    if (messages.length === 0 || this.state === 'DEAD' || !this.#child.connected) return
    // A failed send means that the channel is closing; the exit that follows is what counts.
    this.#child.send(messages, () => {})
  }

  #receive(messages: unknown): void {
    if (this.state === 'DEAD') return
    this.#answeredAtMs = performance.now()
    if (!Array.isArray(messages)) {
      this.kill('protocol')
      return
    }
    for (const raw of messages) {
      const message = readHostMessage(raw)
      if (message === undefined) {
        this.kill('protocol')
        return
      }
      this.#note(message)
      this.#listener.onMessage(this, message)
    }
  }

  #note(message: FromHost): void {
    switch (message.t) {
      case 'ready':
        if (this.state !== 'STARTING') return
        clearTimeout(this.#startTimer)
        this.state = 'READY'
        this.#residentBytes = message.residentBytes
        this.baselineBytes = message.residentBytes
        this.report = { ...this.report, residentBytes: message.residentBytes }
        this.#listener.onReady(this)
        return
      case 'pong':
        this.report = message.report
        return
      case 'loaded':
        this.loaded.add(message.bundle)
        return
      case 'unloaded':
        this.known.delete(message.bundle)
        this.loaded.delete(message.bundle)
        return
      case 'evicted':
        this.loaded.delete(message.bundle)
        return
      default:
    }
  }

  #died(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.state === 'DEAD') return
    this.state = 'DEAD'
    clearTimeout(this.#startTimer)
    const marker: Marker = this.#marker.read()
    this.#marker.close()
    const cause =
      this.#cause ??
      (signal === 'SIGKILL' || signal === 'SIGTERM' || signal === 'SIGINT' ? 'outside' : 'crash')
    this.#listener.onDeath(this, {
      cause,
      pid: this.pid,
      marker,
      residentBytes: this.#residentBytes,
      exit: signal ?? (code === null ? 'not started' : `exit code ${code}`),
      stderr: this.#stderr,
    })
    this.#tellDead()
  }
}
