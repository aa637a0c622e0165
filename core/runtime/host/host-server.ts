import { STALL_MS } from '../limits.ts'
import type { HostBundle, Outcome, ToHost } from '../protocol/messages.ts'
import { CallRunner } from './call-runner.ts'
import type { HostChannel } from './channel.ts'
import type { HostConfig } from './config.ts'
import { createOperations, type OperationTarget } from './guest-operations.ts'
import { HostAttempt } from './host-attempt.ts'
import { IsolateTable } from './isolate-table.ts'
import { LogBudget } from './log-budget.ts'
import type { MarkerWriter } from './marker-writer.ts'
import { Outcomes } from './outcomes.ts'
import type { IsolateEnvironment, PluginIsolate } from './plugin-isolate.ts'
import type { Realm, Slice, SliceEnd } from './realm.ts'
import { SourcePositions } from './source-positions.ts'

type Start = Extract<ToHost, { t: 'start' }>

/** Milliseconds of plugin code in one turn of the event loop; then messages and sockets have their turn. */
const TURN_MS = 20
/** Answers handed over in one entry. */
const ANSWERS_PER_ENTRY = 64
const NOTHING_USED = { cpuMs: 0, hostCalls: 0, bytesIn: 0, bytesOut: 0 }

interface Held {
  readonly attempt: HostAttempt
  readonly isolate: PluginIsolate
}

/** A host's life: takes messages from the parent, enters isolates, answers. */
export class HostServer {
  readonly #channel: HostChannel
  readonly #config: HostConfig
  readonly #outcomes = new Outcomes(new SourcePositions())
  readonly #isolates: IsolateTable
  readonly #calls: CallRunner
  readonly #bundles = new Map<number, HostBundle>()
  readonly #attempts = new Map<number, Held>()
  #starts: Start[] = []
  /** Attempts for which answers or timers wait. */
  readonly #ready = new Set<HostAttempt>()
  /** Attempts whose logs or metrics wait to be sent. */
  readonly #noisy = new Set<HostAttempt>()
  /** Attempts that have ended and are still in their isolate, which may be on the stack. */
  readonly #left: Held[] = []
  /** A slice was long: nothing is started until the parent says what it took away meanwhile. */
  #isStalled = false
  #isTurnScheduled = false
  readonly #marker: MarkerWriter

  constructor(channel: HostChannel, config: HostConfig, environment: Omit<IsolateEnvironment, 'operations'>) {
    this.#channel = channel
    this.#config = config
    this.#marker = environment.marker
    this.#calls = new CallRunner(channel, (attempt) => this.#wake(attempt))
    this.#isolates = new IsolateTable(
      { ...environment, operations: (isolate, realm) => createOperations(this.#targetFor(isolate, realm)) },
      config.isolatesPerHost,
      (bundle) => channel.send({ t: 'evicted', bundle }),
    )
  }

  receive(messages: readonly ToHost[]): void {
    for (const message of messages) this.#handle(message)
    this.#turn()
  }

  #handle(message: ToHost): void {
    switch (message.t) {
      case 'bundle':
        this.#bundles.set(message.bundle.bundle, message.bundle)
        return
      case 'start':
        this.#starts.push(message)
        return
      case 'load':
        this.#load(message.request, message.bundle)
        return
      case 'unload':
        this.#isolates.retire(message.bundle)
        this.#bundles.delete(message.bundle)
        this.#channel.send({ t: 'unloaded', request: message.request, bundle: message.bundle })
        return
      case 'abort':
        this.#abort(message.attempt, message.reason, message.graceMs)
        return
      case 'result':
        this.#passedOf(message)?.({ resultJson: message.resultJson })
        return
      case 'fault':
        this.#passedOf(message)?.({ error: message.error })
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

  #passedOf({ attempt, call }: { readonly attempt: number; readonly call: number }) {
    return this.#attempts.get(attempt)?.attempt.passed.get(call)
  }

  #report() {
    return {
      residentBytes: process.memoryUsage.rss(),
      isolates: this.#isolates.size,
      isolatesMade: this.#isolates.made,
    }
  }

  /** Runs what is due, for a bounded time: answers first, so that attempts end before others begin. */
  #turn(): void {
    this.#marker.during(() => this.#runDue())
    this.#noteStall()
    for (const attempt of this.#noisy) this.#sendLogs(attempt)
    this.#noisy.clear()
    for (const { attempt, isolate } of this.#left.splice(0)) this.#leave(attempt, isolate)
    if (this.#ready.size > 0 || (this.#starts.length > 0 && !this.#isStalled)) this.#scheduleTurn()
  }

  #runDue(): void {
    const startedAt = performance.now()
    for (const attempt of this.#ready) {
      if (performance.now() - startedAt > TURN_MS) break
      this.#ready.delete(attempt)
      this.#resume(attempt)
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

  #scheduleTurn(): void {
    if (this.#isTurnScheduled) return
    this.#isTurnScheduled = true
    setImmediate(() => {
      this.#isTurnScheduled = false
      this.#turn()
    })
  }

  #wake(attempt: HostAttempt): void {
    this.#ready.add(attempt)
    this.#scheduleTurn()
  }

  #load(request: number, number: number): void {
    const bundle = this.#bundles.get(number)
    if (bundle === undefined) return
    try {
      this.#isolates.acquire(bundle, 0)
      this.#channel.send({ t: 'loaded', request, bundle: number })
    } catch (error) {
      const { error: fault, stack } = this.#outcomes.fromError(error, bundle)
      this.#channel.send({
        t: 'unloadable',
        request,
        error: fault,
        ...(stack === undefined ? {} : { stack }),
      })
    }
  }

  #start(start: Start): void {
    this.#marker.begun = start.ordinal
    const bundle = this.#bundles.get(start.bundle)
    if (bundle === undefined) {
      const outcome: Outcome = { status: 'LOST', reason: 'The host had freed the version already.' }
      this.#channel.send({ t: 'settled', attempt: start.attempt, outcome, usage: NOTHING_USED })
      return
    }
    const attempt = new HostAttempt(start.attempt, bundle, start, new LogBudget(Date.now()))
    let isolate: PluginIsolate
    let realm: Realm
    try {
      isolate = this.#isolates.acquire(bundle, start.attempt)
      realm = isolate.enterFor(attempt, start.type)
    } catch (error) {
      this.#sendSettled(attempt, this.#outcomes.fromError(error, bundle))
      return
    }
    this.#attempts.set(attempt.attempt, { attempt, isolate })
    const { type, method, propertiesJson, contextJson, outputBytes } = start
    this.#enter(attempt, isolate, (slice) =>
      realm.enter(slice, 'start', start.attempt, type, method, propertiesJson, contextJson, outputBytes),
    )
    if (!attempt.isEnded) this.#channel.send({ t: 'parked', attempt: attempt.attempt })
    this.#firePostponed(isolate)
  }

  /** Hands over what has come for an attempt since it gave way. */
  #resume(attempt: HostAttempt): void {
    const isolate = this.#attempts.get(attempt.attempt)?.isolate
    const realm = isolate?.attempts.get(attempt)
    if (isolate === undefined || realm === undefined) return
    if (attempt.dueTimers.length > 0) {
      const due = attempt.dueTimers.splice(0)
      this.#enter(attempt, isolate, (slice) => realm.enter(slice, 'fire', attempt.attempt, ...due))
    }
    const answers = attempt.answers.splice(0, ANSWERS_PER_ENTRY)
    if (answers.length > 0 && !attempt.isEnded) {
      this.#enter(attempt, isolate, (slice) =>
        realm.enter(slice, 'deliver', attempt.attempt, ...answers.flat()),
      )
    }
    if (attempt.answers.length > 0 && !attempt.isEnded) this.#ready.add(attempt)
  }

  #enter(attempt: HostAttempt, isolate: PluginIsolate, run: (slice: Slice) => SliceEnd): void {
    const cpuBefore = isolate.cpuMs
    const end = run({ attempt: attempt.attempt, bundle: attempt.bundle.bundle, sliceMs: attempt.cpuSliceMs })
    if (!isolate.isGone) attempt.cpuMs += isolate.cpuMs - cpuBefore
    if (end.kind === 'unhandled') this.#logUnhandled(attempt, end.message)
    const outputsJson = end.kind === 'unhandled' ? this.#recall(attempt, isolate) : outputsOf(end)
    if (outputsJson !== undefined) this.#end(attempt, this.#outcomeOf(attempt, true, outputsJson, undefined))
    if (attempt.isEnded) this.#sendSettled(attempt, attempt.outcome)
    switch (end.kind) {
      case 'done':
      case 'unhandled':
        return
      case 'timeout':
        // It was cut off in the middle of anything: nothing new runs there. Attempts that wait in it may end.
        isolate.isTainted = true
        this.#force(attempt, this.#outcomes.cpuLimit(end.stack, attempt.bundle, attempt.cpuSliceMs))
        return
      case 'memory':
        this.#abandon(isolate, attempt)
        return
      default:
        end satisfies never
    }
  }

  #logUnhandled(attempt: HostAttempt, message: string): void {
    attempt.logs.push({ level: 'WARN', message: `Unhandled rejection: ${message}`, timestampMs: Date.now() })
    this.#noisy.add(attempt)
  }

  /** The entry went well, but a rejection took the place of what it returned. */
  #recall(attempt: HostAttempt, isolate: PluginIsolate): string | undefined {
    const realm = isolate.attempts.get(attempt)
    if (realm === undefined || attempt.isEnded) return undefined
    const slice = { attempt: attempt.attempt, bundle: attempt.bundle.bundle, sliceMs: attempt.cpuSliceMs }
    return outputsOf(realm.enter(slice, 'recall', attempt.attempt))
  }

  /** Asked before anything is begun: what the parent may have taken away meanwhile must not be. */
  #noteStall(): void {
    if (this.#marker.takeLongestMs() <= STALL_MS || this.#isStalled) return
    this.#isStalled = true
    this.#channel.send({ t: 'stalled' })
    this.#channel.flush()
  }

  /** The isolate is gone: `guilty` filled it, the others only shared it. */
  #abandon(isolate: PluginIsolate, guilty: HostAttempt | undefined): void {
    const { packageName, version } = isolate.bundle
    const reason = `Another attempt of ${packageName}@${version} ran out of memory in the isolate that both shared.`
    for (const attempt of [...isolate.attempts.keys()]) {
      const outcome: Outcome =
        attempt === guilty
          ? this.#outcomes.outOfMemory(attempt.bundle, this.#config.isolateHeapBytes)
          : { status: 'LOST', reason }
      this.#force(attempt, outcome)
    }
    this.#isolates.retire(isolate.bundle.bundle)
  }

  #abort(number: number, reason: 'killed' | 'timeout', graceMs: number): void {
    const waiting = this.#starts.findIndex(({ attempt }) => attempt === number)
    if (waiting >= 0) {
      this.#starts.splice(waiting, 1)
      this.#channel.send({
        t: 'settled',
        attempt: number,
        outcome: { status: 'KILLED' },
        usage: NOTHING_USED,
      })
      return
    }
    const held = this.#attempts.get(number)
    if (held === undefined) return
    const { attempt, isolate } = held
    const isFirst = attempt.deadline === undefined
    clearTimeout(attempt.deadline)
    attempt.deadline = setTimeout(() => this.#force(attempt, { status: 'KILLED' }), graceMs)
    const realm = isolate.attempts.get(attempt)
    if (isFirst && realm !== undefined) {
      this.#enter(attempt, isolate, (slice) => realm.enter(slice, 'abort', number, reason))
    }
  }

  /** Ends an attempt from outside; what it still has in the isolate can no longer reach anything. */
  #force(attempt: HostAttempt, outcome: Outcome): void {
    const held = this.#attempts.get(attempt.attempt)
    if (held === undefined || attempt.isEnded) return
    const { isolate } = held
    const realm = isolate.attempts.get(attempt)
    this.#end(attempt, outcome)
    this.#sendSettled(attempt, outcome)
    if (realm === undefined || isolate.isGone) return
    const slice = { attempt: 0, bundle: attempt.bundle.bundle, sliceMs: attempt.cpuSliceMs }
    realm.enter(slice, 'forget', attempt.attempt)
  }

  /** Called from within the isolate too, so that nothing is entered or freed here. */
  #end(attempt: HostAttempt, outcome: Outcome): void {
    const held = this.#attempts.get(attempt.attempt)
    if (held === undefined || attempt.isEnded) return
    this.#attempts.delete(attempt.attempt)
    this.#ready.delete(attempt)
    attempt.end(outcome)
    this.#left.push(held)
    this.#scheduleTurn()
  }

  #leave(attempt: HostAttempt, isolate: PluginIsolate): void {
    isolate.leave(attempt)
    if (isolate.isTainted) this.#isolates.retire(attempt.bundle.bundle)
    this.#isolates.sweep(isolate)
  }

  #sendSettled(attempt: HostAttempt, outcome: Outcome): void {
    if (attempt.isReported) return
    attempt.isReported = true
    this.#sendLogs(attempt)
    this.#channel.send({ t: 'settled', attempt: attempt.attempt, outcome, usage: attempt.usage })
  }

  #sendLogs(attempt: HostAttempt): void {
    const { logs, metrics } = attempt.takeRecords()
    if (logs.length > 0) this.#channel.send({ t: 'log', attempt: attempt.attempt, entries: logs })
    if (metrics.length > 0) this.#channel.send({ t: 'metric', attempt: attempt.attempt, metrics })
  }

  /** Timers that the bundle set for itself run only while an attempt of it does. */
  #firePostponed(isolate: PluginIsolate): void {
    for (const { realm, timer } of isolate.ownTimers.takePostponed()) this.#fireOwn(isolate, realm, timer)
  }

  #fireOwn(isolate: PluginIsolate, realm: Realm, timer: number): void {
    if (isolate.isGone) return
    if (isolate.attempts.size === 0) {
      isolate.ownTimers.postpone(realm, timer)
      return
    }
    const [payer] = isolate.attempts.keys()
    const sliceMs = payer?.cpuSliceMs ?? 0
    const end = realm.enter({ attempt: 0, bundle: isolate.bundle.bundle, sliceMs }, 'fire', 0, timer)
    this.#scheduleTurn()
    if (end.kind === 'memory') this.#abandon(isolate, undefined)
    else if (end.kind === 'timeout') {
      isolate.isTainted = true
      isolate.ownTimers.clear()
      this.#isolates.retire(isolate.bundle.bundle)
    }
  }

  #targetFor(isolate: PluginIsolate, realm: Realm): OperationTarget {
    return {
      attemptOf: (number) => {
        const held = typeof number === 'number' ? this.#attempts.get(number) : undefined
        return held !== undefined && held.isolate.attempts.get(held.attempt) === realm
          ? held.attempt
          : undefined
      },
      settle: (attempt, isOk, json, warning) =>
        this.#end(attempt, this.#outcomeOf(attempt, isOk, json, warning)),
      setTimer: (attempt, timer, delayMs, repeats) => {
        if (attempt === undefined) {
          return isolate.ownTimers.set(timer, delayMs, repeats, () => this.#fireOwn(isolate, realm, timer))
        }
        attempt.setTimer(timer, delayMs, repeats, () => this.#wake(attempt))
        return true
      },
      clearTimer: (attempt, timer) => {
        if (attempt === undefined) isolate.ownTimers.delete(timer)
        else attempt.clearTimer(timer)
      },
      begin: (attempt, call, method, paramsJson, bytes) =>
        this.#calls.begin(attempt, isolate, call, method, paramsJson, bytes),
      cancel: (attempt, call) => {
        attempt.calls.get(call)?.abort()
        attempt.calls.delete(call)
      },
      progress: (attempt, fraction, message) => {
        const extra = message === undefined ? {} : { message }
        this.#channel.send({ t: 'progress', attempt: attempt.attempt, fraction, ...extra })
      },
      touch: (attempt) => {
        this.#noisy.add(attempt)
      },
      loadChunk: (name) => isolate.loadChunk(realm, name),
    }
  }

  #outcomeOf(attempt: HostAttempt, isOk: boolean, json: string, warning: string | undefined): Outcome {
    if (!isOk) return this.#outcomes.fromFault(json, attempt.bundle)
    const sizeBytes = Buffer.byteLength(json)
    if (sizeBytes > attempt.outputBytes) return this.#outcomes.outputTooLarge(sizeBytes, attempt.outputBytes)
    return { status: 'SUCCESS', outputsJson: json, ...(warning === undefined ? {} : { warning }) }
  }
}

function outputsOf(end: SliceEnd): string | undefined {
  return end.kind === 'done' && typeof end.value === 'string' ? end.value : undefined
}
