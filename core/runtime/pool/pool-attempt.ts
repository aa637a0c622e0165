import type { HostBundle, Outcome } from '../protocol/messages.ts'
import type { AttemptRequest, AttemptServices, AttemptUsage } from '../runtime.ts'
import type { HostProcess } from './host-process.ts'

/**
 * Where an attempt stands:
 *
 * - QUEUED: in the parent; no host knows of it.
 * - SENT: a host was given it and may have begun. Taken back only while that host is provably in a long slice.
 * - RUNNING: the host has begun it, and it waits for something.
 * - ENDED: its result has been given. Nothing changes any more, whatever a host still says.
 */
export type AttemptState =
  | { readonly at: 'QUEUED' }
  | { readonly at: 'SENT'; readonly host: HostProcess }
  | { readonly at: 'RUNNING'; readonly host: HostProcess }
  | { readonly at: 'ENDED' }

export interface AttemptOwner {
  onWallTime(attempt: PoolAttempt): void
  onEnd(attempt: PoolAttempt, outcome: Outcome, usage: AttemptUsage): void
}

/** One attempt, from `run` to its result. */
export class PoolAttempt {
  /** Unlike the caller's id a small number, and never used twice by a runtime. */
  readonly number: number
  readonly request: AttemptRequest
  readonly services: AttemptServices
  readonly bundle: HostBundle
  readonly cpuSliceMs: number
  readonly outputBytes: number
  readonly wallTimeMs: number
  state: AttemptState = { at: 'QUEUED' }
  /** Its place in the order of what its host was given. */
  ordinal = 0
  /** Why it was asked to stop. */
  abort: { readonly reason: 'killed' | 'timeout' } | undefined
  wallTimer: NodeJS.Timeout | undefined
  overdueTimer: NodeJS.Timeout | undefined
  pendingCalls = 0
  readonly #owner: AttemptOwner

  constructor(
    number: number,
    request: AttemptRequest,
    services: AttemptServices,
    bundle: HostBundle,
    limits: { readonly cpuSliceMs: number; readonly outputBytes: number; readonly wallTimeMs: number },
    owner: AttemptOwner,
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

  get host(): HostProcess | undefined {
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
