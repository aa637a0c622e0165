import type { HostBundle, Outcome } from '../protocol/messages.ts'
import type { AttemptRequest, AttemptServices, AttemptUsage } from '../runtime.ts'

/**
 * Where an attempt stands:
 *
 * - QUEUED: in the parent; no host knows of it.
 * - SENT: a host was given it and may have begun. Taken back only while that host is provably in a long slice.
 * - RUNNING: the host has begun it, and it waits for something.
 * - ENDED: its result has been given. Nothing changes any more, whatever a host still says.
 */
export type AttemptState<Host> =
  | { readonly at: 'QUEUED' }
  | { readonly at: 'SENT'; readonly host: Host }
  | { readonly at: 'RUNNING'; readonly host: Host }
  | { readonly at: 'ENDED' }

export interface AttemptOwner<Host> {
  onWallTime(attempt: PoolAttempt<Host>): void
  onEnd(attempt: PoolAttempt<Host>, outcome: Outcome, usage: AttemptUsage): void
}

/** One attempt, from `run` to its result. Of its host it knows that there is one. */
export class PoolAttempt<Host> {
  /** Unlike the caller's id a small number, and never used twice by a runtime. */
  readonly number: number
  readonly request: AttemptRequest
  readonly services: AttemptServices
  readonly bundle: HostBundle
  readonly cpuSliceMs: number
  readonly outputBytes: number
  readonly wallTimeMs: number
  state: AttemptState<Host> = { at: 'QUEUED' }
  /** Its place in the order of what its host was given. */
  ordinal = 0
  /** Why it was asked to stop. */
  abort: { readonly reason: 'killed' | 'timeout' } | undefined
  wallTimer: NodeJS.Timeout | undefined
  overdueTimer: NodeJS.Timeout | undefined
  pendingCalls = 0
  readonly #owner: AttemptOwner<Host>

  constructor(
    number: number,
    request: AttemptRequest,
    services: AttemptServices,
    bundle: HostBundle,
    limits: { readonly cpuSliceMs: number; readonly outputBytes: number; readonly wallTimeMs: number },
    owner: AttemptOwner<Host>,
  ) {
    this.number = number
    this.request = request
    this.services = services
    this.bundle = bundle
    this.cpuSliceMs = limits.cpuSliceMs
    this.outputBytes = limits.outputBytes
    this.wallTimeMs = limits.wallTimeMs
    this.#owner = owner
  }

  get host(): Host | undefined {
    return this.state.at === 'SENT' || this.state.at === 'RUNNING' ? this.state.host : undefined
  }

  get isEnded(): boolean {
    return this.state.at === 'ENDED'
  }

  /** A host has it from now on: the wall time runs. */
  begin(): void {
    this.wallTimer = setTimeout(() => this.#owner.onWallTime(this), this.wallTimeMs)
  }

  /** Only the first call counts. */
  end(outcome: Outcome, usage: AttemptUsage = NOTHING_USED): void {
    if (this.isEnded) return
    this.state = { at: 'ENDED' }
    clearTimeout(this.wallTimer)
    clearTimeout(this.overdueTimer)
    this.#owner.onEnd(this, outcome, usage)
  }
}

const NOTHING_USED: AttemptUsage = { cpuMs: 0, hostCalls: 0, bytesIn: 0, bytesOut: 0 }
