import { STALL_MS } from '../limits.ts'
import type { HostBundle, HostReport, Outcome, ToHost } from '../protocol/messages.ts'
import { AttemptRunner, type RunnerListener } from './attempt-runner.ts'
import type { HostChannel } from './channel.ts'
import type { HostConfig } from './config.ts'
import type { HostAttempt } from './host-attempt.ts'
import type { MarkerWriter } from './marker-writer.ts'
import type { IsolateEnvironment } from './plugin-isolate.ts'

type Start = Extract<ToHost, { t: 'start' }>

/** Milliseconds of plugin code in one turn of the event loop; then messages and sockets have their turn. */
const TURN_MS = 20
const NOTHING_USED = { cpuMs: 0, hostCalls: 0, bytesIn: 0, bytesOut: 0 }

/** A host's life: takes messages from the parent and decides what runs when. */
export class HostServer implements RunnerListener {
  readonly #channel: HostChannel
  readonly #marker: MarkerWriter
  readonly #runner: AttemptRunner
  readonly #bundles = new Map<number, HostBundle>()
  #starts: Start[] = []
  /** Attempts for which answers or timers wait. */
  readonly #ready = new Set<HostAttempt>()
  /** A slice was long: nothing is started until the parent says what it took away meanwhile. */
  #isStalled = false
  #isTurnScheduled = false

  constructor(channel: HostChannel, config: HostConfig, environment: Omit<IsolateEnvironment, 'operations'>) {
    this.#channel = channel
    this.#marker = environment.marker
    this.#runner = new AttemptRunner(channel, config, environment, this)
  }

  receive(messages: readonly ToHost[]): void {
    for (const message of messages) this.#handle(message)
    this.#turn()
  }

  onReady(attempt: HostAttempt): void {
    this.#ready.add(attempt)
    this.#scheduleTurn()
  }

  onUntidy(): void {
    this.#scheduleTurn()
  }

  #handle(message: ToHost): void {
    switch (message.t) {
      case 'bundle':
        this.#bundles.set(message.bundle.bundle, message.bundle)
        return
      case 'start':
        this.#starts.push(message)
        return
      case 'load': {
        const bundle = this.#bundles.get(message.bundle)
        if (bundle !== undefined) this.#runner.load(message.request, bundle)
        return
      }
      case 'unload':
        this.#runner.isolates.retire(message.bundle)
        this.#bundles.delete(message.bundle)
        this.#channel.send({ t: 'unloaded', request: message.request, bundle: message.bundle })
        return
      case 'abort':
        if (!this.#withdraw(message.attempt)) {
          this.#runner.abort(message.attempt, message.reason, message.graceMs)
        }
        return
      case 'result':
        this.#runner.answered(message.attempt, message.call, { resultJson: message.resultJson })
        return
      case 'fault':
        this.#runner.answered(message.attempt, message.call, { error: message.error })
        return
      case 'resume': {
        const taken = new Set(message.taken)
        this.#starts = this.#starts.filter(({ attempt }) => !taken.has(attempt))
        this.#isStalled = false
        return
      }
      case 'ping':
        this.#channel.send({ t: 'pong', seq: message.seq, report: this.#report() })
        return
      default:
        message satisfies never
    }
  }

  /** Runs what is due, for a bounded time: answers first, so that attempts end before others begin. */
  #turn(): void {
    this.#marker.during(() => this.#runDue())
    this.#noteStall()
    this.#runner.tidy()
    if (this.#ready.size > 0 || (this.#starts.length > 0 && !this.#isStalled)) this.#scheduleTurn()
  }

  #runDue(): void {
    const startedAt = performance.now()
    for (const attempt of this.#ready) {
      if (performance.now() - startedAt > TURN_MS) break
      this.#ready.delete(attempt)
      this.#runner.resume(attempt)
      this.#channel.flushIfDue()
    }
    let begun = 0
    for (const start of this.#starts) {
      this.#noteStall()
      if (this.#isStalled || performance.now() - startedAt > TURN_MS) break
      begun++
      this.#start(start)
      this.#channel.flushIfDue()
    }
    if (begun > 0) this.#starts.splice(0, begun)
  }

  #start(start: Start): void {
    this.#marker.begun = start.ordinal
    const bundle = this.#bundles.get(start.bundle)
    if (bundle !== undefined) this.#runner.start(start, bundle)
    else this.#settle(start.attempt, { status: 'LOST', reason: 'The host had freed the version already.' })
  }

  /** @returns false if the attempt has begun */
  #withdraw(number: number): boolean {
    const waiting = this.#starts.findIndex(({ attempt }) => attempt === number)
    if (waiting < 0) return false
    this.#starts.splice(waiting, 1)
    this.#settle(number, { status: 'KILLED' })
    return true
  }

  #settle(attempt: number, outcome: Outcome): void {
    this.#channel.send({ t: 'settled', attempt, outcome, usage: NOTHING_USED })
  }

  /** Asked before anything is begun: what the parent may have taken away meanwhile must not be. */
  #noteStall(): void {
    if (this.#marker.takeLongestMs() <= STALL_MS || this.#isStalled) return
    this.#isStalled = true
    this.#channel.send({ t: 'stalled' })
    this.#channel.flush()
  }

  #scheduleTurn(): void {
    if (this.#isTurnScheduled) return
    this.#isTurnScheduled = true
    setImmediate(() => {
      this.#isTurnScheduled = false
      this.#turn()
    })
  }

  #report(): HostReport {
    return {
      residentBytes: process.memoryUsage.rss(),
      isolates: this.#runner.isolates.size,
      isolatesMade: this.#runner.isolates.made,
    }
  }
}
