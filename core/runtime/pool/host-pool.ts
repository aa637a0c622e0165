import {
  IDLE_GROWTH_SHARE,
  MAX_START_FAILURES,
  START_RETRY_MS,
  SWOLLEN_RETIRE_INTERVAL_MS,
} from '../limits.ts'
import type { FromHost, HostBundle } from '../protocol/messages.ts'
import { AttemptQueue } from './attempt-queue.ts'
import { chooseHost } from './choose-host.ts'
import type { HostedAttempt } from './host-process.ts'
import { type HostListener, HostProcess, type HostSpec } from './host-process.ts'
import type { Death, Sharing } from './verdict.ts'

export interface PoolOptions {
  readonly spec: HostSpec
  /** Hosts that take attempts. */
  readonly size: number
  /** Hosts kept ready, so that a replacement costs nothing that anybody sees. */
  readonly spares: number
  /** Attempts that a host was given and has not begun. */
  readonly maxUnstarted: number
  /** `nobody`: one attempt at a time in a host, for versions under suspicion. */
  readonly sharing: Sharing
  readonly recycleAfterAttempts: number
  readonly recycleAfterIsolates: number
}

export interface PoolListener {
  onMessage(pool: HostPool, host: HostProcess, message: FromHost): void
  /** The host's attempts are still in it, for the verdict. */
  onDeath(pool: HostPool, host: HostProcess, death: Death): void
  /** Hosts do not start: whatever waits must be refused. */
  onUnavailable(pool: HostPool, attempts: readonly HostedAttempt[], death: Death): void
}

/** Bytes. Growth below this is noise. */
const IDLE_GROWTH_SLACK_BYTES = 4 * 1024 * 1024
/** Milliseconds that a host must have been empty before its growth is judged. */
const IDLE_BEFORE_RECYCLE_MS = 1_500

/** Some hosts of one sort, the attempts that wait for them, and the care that they need. */
export class HostPool implements HostListener {
  readonly #options: PoolOptions
  readonly #listener: PoolListener
  readonly #active = new Set<HostProcess>()
  readonly #spares = new Set<HostProcess>()
  readonly #retiring = new Set<HostProcess>()
  readonly #queue = new AttemptQueue<HostedAttempt>()
  readonly #idleSince = new WeakMap<HostProcess, number>()
  #startFailures = 0
  #swollenAtMs = Number.NEGATIVE_INFINITY
  #isClosed = false
  #isDispatchScheduled = false
  #retryTimer: NodeJS.Timeout | undefined
  readonly #onReady: (() => void)[] = []

  constructor(options: PoolOptions, listener: PoolListener) {
    this.#options = options
    this.#listener = listener
  }

  /** All hosts, also those that still drain. */
  get hosts(): readonly HostProcess[] {
    return [...this.#active, ...this.#retiring, ...this.#spares]
  }

  /** Hosts that take attempts. */
  get active(): readonly HostProcess[] {
    return [...this.#active]
  }

  get sharing(): Sharing {
    return this.#options.sharing
  }

  get queued(): number {
    return this.#queue.size
  }

  start(): void {
    while (!this.#isClosed && this.#active.size < this.#options.size) this.#active.add(this.#spawn())
  }

  submit(attempt: HostedAttempt): void {
    this.start()
    this.#queue.push(attempt)
    this.#scheduleDispatch()
  }

  /** @returns false if a host has it already. */
  withdraw(attempt: HostedAttempt): boolean {
    return this.#queue.delete(attempt)
  }

  /** Called when a host has made room. */
  released(host: HostProcess): void {
    if (host.state === 'RETIRING') this.#stopIfEmpty(host)
    else if (this.#isWorn(host)) this.retire(host)
    if (this.#queue.size > 0) this.#scheduleDispatch()
  }

  /** Replaces a host; it keeps what it has and is stopped when that is done. */
  retire(host: HostProcess): void {
    if (host.state !== 'READY' || !this.#active.delete(host)) return
    host.state = 'RETIRING'
    this.#retiring.add(host)
    this.#fill()
    this.#stopIfEmpty(host)
  }

  /** Tells a host of a bundle, once. */
  introduce(host: HostProcess, bundle: HostBundle): void {
    if (host.known.has(bundle.bundle)) return
    host.known.add(bundle.bundle)
    host.send({ t: 'bundle', bundle })
  }

  watch(nowMs: number): void {
    for (const host of this.hosts) {
      host.watch(nowMs)
      this.#recycleIfGrown(host, nowMs)
      this.#retireIfSwollen(host, nowMs)
    }
  }

  /** Resolves when at least one host takes attempts, or none will. */
  async whenReady(): Promise<void> {
    this.start()
    if (this.#isClosed || this.active.some(({ state }) => state === 'READY')) return
    await new Promise<void>((resolve) => this.#onReady.push(resolve))
  }

  /** Ends all hosts; what they still have is lost. Resolves when they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#retryTimer)
    const { hosts } = this
    const gone = hosts.map((host) => host.whenDead)
    for (const host of hosts) host.kill('stopped')
    this.#tellReady()
    await Promise.all(gone)
    for (const attempt of this.#queue.takeAll()) {
      attempt.end({ status: 'LOST', reason: 'The plugin runtime was closed.' })
    }
  }

  onReady(_host: HostProcess): void {
    this.#startFailures = 0
    this.#fill()
    this.#tellReady()
    this.#scheduleDispatch()
  }

  onSlow(host: HostProcess): void {
    const movable = [...host.attempts.values()].filter(
      ({ state, abort, ordinal }) =>
        state.at === 'SENT' && abort === undefined && ordinal > host.marker.begun,
    )
    if (movable.length === 0) return
    for (const attempt of movable) {
      host.attempts.delete(attempt.number)
      host.taken.push(attempt.number)
      host.unstarted--
      attempt.state = { at: 'QUEUED' }
      clearTimeout(attempt.wallTimer)
    }
    this.#queue.unshift(movable)
    this.#scheduleDispatch()
  }

  onMessage(host: HostProcess, message: FromHost): void {
    if (message.t === 'stalled') {
      host.send({ t: 'resume', taken: host.taken })
      host.taken = []
      host.isSlow = false
      this.#scheduleDispatch()
      return
    }
    this.#listener.onMessage(this, host, message)
  }

  onDeath(host: HostProcess, death: Death): void {
    const wasStarting = host.baselineBytes === 0
    this.#active.delete(host)
    this.#spares.delete(host)
    this.#retiring.delete(host)
    if (wasStarting && death.cause !== 'stopped') this.#startFailures++
    this.#listener.onDeath(this, host, death)
    if (this.#isClosed) return
    if (this.#startFailures >= MAX_START_FAILURES) {
      this.#listener.onUnavailable(this, this.#queue.takeAll(), death)
      this.#tellReady()
      return
    }
    if (!wasStarting) {
      this.#fill()
      this.#scheduleDispatch()
      return
    }
    clearTimeout(this.#retryTimer)
    this.#retryTimer = setTimeout(() => this.#fill(), START_RETRY_MS * 2 ** this.#startFailures)
  }

  #tellReady(): void {
    for (const tell of this.#onReady.splice(0)) tell()
  }

  #spawn(): HostProcess {
    return new HostProcess(this.#options.spec, this)
  }

  /** Spares step in for hosts that are gone; new spares are made once all hosts are up. */
  #fill(): void {
    if (this.#isClosed) return
    for (const spare of this.#spares) {
      if (this.#active.size >= this.#options.size) break
      if (spare.state !== 'READY') continue
      this.#spares.delete(spare)
      this.#active.add(spare)
    }
    this.start()
    const isUp = [...this.#active].every(({ state }) => state === 'READY')
    while (isUp && this.#spares.size < this.#options.spares) this.#spares.add(this.#spawn())
  }

  #scheduleDispatch(): void {
    if (this.#isDispatchScheduled || this.#isClosed) return
    this.#isDispatchScheduled = true
    queueMicrotask(() => {
      this.#isDispatchScheduled = false
      this.#dispatch()
    })
  }

  #dispatch(): void {
    for (let attempt = this.#queue.peek(); attempt !== undefined; attempt = this.#queue.peek()) {
      const host = this.#choose(attempt)
      if (host === undefined) return
      this.#queue.shift()
      if (!attempt.isEnded) this.#give(host, attempt)
    }
  }

  #choose({ bundle }: HostedAttempt): HostProcess | undefined {
    const { sharing, maxUnstarted } = this.#options
    const candidates = []
    for (const host of this.#active) {
      if (sharing === 'nobody' && host.attempts.size > 0) continue
      const { isOpen, unstarted, running, isSwollen } = host
      const hasLoaded = host.loaded.has(bundle.bundle)
      candidates.push({ host, isOpen, unstarted, running, isSwollen, maxUnstarted, hasLoaded })
    }
    return chooseHost(candidates)?.host
  }

  #give(host: HostProcess, attempt: HostedAttempt): void {
    const { bundle, request } = attempt
    this.introduce(host, bundle)
    // It will be loaded by the time that this attempt runs; if not, the host says so.
    host.loaded.add(bundle.bundle)
    host.attempts.set(attempt.number, attempt)
    host.unstarted++
    host.attemptsGiven++
    attempt.state = { at: 'SENT', host }
    attempt.ordinal = host.attemptsGiven
    attempt.begin()
    host.send({
      t: 'start',
      attempt: attempt.number,
      ordinal: attempt.ordinal,
      bundle: bundle.bundle,
      type: request.type,
      method: request.method,
      propertiesJson: request.propertiesJson,
      contextJson: request.contextJson,
      cpuSliceMs: attempt.cpuSliceMs,
      outputBytes: attempt.outputBytes,
    })
  }

  #isWorn(host: HostProcess): boolean {
    return (
      host.attemptsGiven >= this.#options.recycleAfterAttempts ||
      host.report.isolatesMade >= this.#options.recycleAfterIsolates
    )
  }

  /** An empty host whose memory has not come back is replaced: some of it never does. */
  #recycleIfGrown(host: HostProcess, nowMs: number): void {
    if (
      host.state !== 'READY' ||
      host.attempts.size > 0 ||
      host.report.isolates > 0 ||
      host.loaded.size > 0
    ) {
      this.#idleSince.delete(host)
      return
    }
    const since = this.#idleSince.get(host) ?? nowMs
    this.#idleSince.set(host, since)
    if (nowMs - since < IDLE_BEFORE_RECYCLE_MS) return
    const growth = host.residentBytes - host.baselineBytes
    if (growth > Math.max(IDLE_GROWTH_SLACK_BYTES, host.baselineBytes * IDLE_GROWTH_SHARE)) this.retire(host)
  }

  /** While there is still room to drain: at the bound itself it would be killed with all it has. */
  #retireIfSwollen(host: HostProcess, nowMs: number): void {
    if (!host.isSwollen || host.state !== 'READY' || nowMs - this.#swollenAtMs < SWOLLEN_RETIRE_INTERVAL_MS)
      return
    this.#swollenAtMs = nowMs
    this.retire(host)
  }

  #stopIfEmpty(host: HostProcess): void {
    if (host.state === 'RETIRING' && host.attempts.size === 0) host.kill('stopped')
  }
}
