import type { HostBundle, Outcome, ToHost } from '../protocol/messages.ts'
import { CallRunner } from './call-runner.ts'
import type { HostChannel } from './channel.ts'
import type { HostConfig } from './config.ts'
import { createOperations, type OperationTarget } from './guest-operations.ts'
import { HostAttempt, type Passed } from './host-attempt.ts'
import { IsolateTable } from './isolate-table.ts'
import { LogBudget } from './log-budget.ts'
import { Outcomes } from './outcomes.ts'
import type { IsolateEnvironment, PluginIsolate } from './plugin-isolate.ts'
import type { Realm, Slice, SliceEnd } from './realm.ts'
import { SourcePositions } from './source-positions.ts'

/** Answers handed over in one entry. */
const ANSWERS_PER_ENTRY = 64

interface Held {
  readonly attempt: HostAttempt
  readonly isolate: PluginIsolate
}

export interface RunnerListener {
  /** Answers or timers wait for the attempt: it should be resumed. */
  onReady(attempt: HostAttempt): void
  /** There is something to send or to free: {@link AttemptRunner.tidy} should be called soon. */
  onUntidy(): void
}

/** Takes attempts into isolates and out again. Everything that enters plugin code stands here. */
export class AttemptRunner {
  readonly isolates: IsolateTable
  readonly #channel: HostChannel
  readonly #config: HostConfig
  readonly #listener: RunnerListener
  readonly #outcomes = new Outcomes(new SourcePositions())
  readonly #calls: CallRunner
  readonly #attempts = new Map<number, Held>()
  /** Attempts whose logs, metrics or progress wait to be sent. */
  readonly #noisy = new Set<HostAttempt>()
  /** Attempts that have ended and are still in their isolate, which may be on the stack. */
  readonly #left: Held[] = []

  constructor(
    channel: HostChannel,
    config: HostConfig,
    environment: Omit<IsolateEnvironment, 'operations'>,
    listener: RunnerListener,
  ) {
    this.#channel = channel
    this.#config = config
    this.#listener = listener
    this.#calls = new CallRunner(channel, (attempt) => listener.onReady(attempt))
    this.isolates = new IsolateTable(
      { ...environment, operations: (isolate, realm) => createOperations(this.#targetFor(isolate, realm)) },
      config.isolatesPerHost,
      (bundle) => channel.send({ t: 'evicted', bundle }),
    )
  }

  load(request: number, bundle: HostBundle): void {
    try {
      this.isolates.acquire(bundle, 0)
      this.#channel.send({ t: 'loaded', request, bundle: bundle.bundle })
    } catch (error) {
      const { error: fault, stack } = this.#outcomes.fromError(error, bundle)
      const extra = stack === undefined ? {} : { stack }
      this.#channel.send({ t: 'unloadable', request, error: fault, ...extra })
    }
  }

  start(start: Extract<ToHost, { t: 'start' }>, bundle: HostBundle): void {
    const attempt = new HostAttempt(start.attempt, bundle, start, new LogBudget(Date.now()))
    let isolate: PluginIsolate | undefined
    let realm: Realm
    try {
      isolate = this.isolates.acquire(bundle, start.attempt)
      realm = isolate.enterFor(attempt, start.type)
    } catch (error) {
      this.#sendSettled(attempt, this.#outcomes.fromError(error, bundle))
      if (isolate?.isGone) this.#abandon(isolate, attempt)
      return
    }
    this.#attempts.set(attempt.attempt, { attempt, isolate })
    const { type, method, propertiesJson, contextJson, outputBytes } = start
    this.#enter(attempt, isolate, (slice) =>
      realm.enter(slice, 'start', start.attempt, type, method, propertiesJson, contextJson, outputBytes),
    )
    if (!attempt.isEnded) this.#channel.send({ t: 'parked', attempt: attempt.attempt })
    for (const postponed of isolate.ownTimers.takePostponed()) {
      this.#fireOwn(isolate, postponed.realm, postponed.timer)
    }
  }

  /** Hands over what has come for an attempt since it gave way. */
  resume(attempt: HostAttempt): void {
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
    if (attempt.answers.length > 0 && !attempt.isEnded) this.#listener.onReady(attempt)
  }

  /** Tells the attempt to stop, and ends it after `graceMs`. */
  abort(number: number, reason: 'killed' | 'timeout', graceMs: number): void {
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

  answered(number: number, call: number, answer: Passed): void {
    this.#attempts.get(number)?.attempt.passed.get(call)?.(answer)
  }

  /** Sends what attempts have recorded, and frees what those have left that ended. */
  tidy(): void {
    for (const attempt of this.#noisy) this.#sendRecords(attempt)
    this.#noisy.clear()
    for (const { attempt, isolate } of this.#left.splice(0)) {
      isolate.leave(attempt)
      if (isolate.isTainted) this.isolates.retire(attempt.bundle.bundle)
      this.isolates.sweep(isolate)
    }
  }

  #enter(attempt: HostAttempt, isolate: PluginIsolate, run: (slice: Slice) => SliceEnd): void {
    attempt.callsInSlice = 0
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
    this.isolates.retire(isolate.bundle.bundle)
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
    const end = realm.enter(slice, 'forget', attempt.attempt)
    if (end.kind === 'memory') this.#abandon(isolate, attempt)
  }

  /** Called from within the isolate too, so that nothing is entered or freed here. */
  #end(attempt: HostAttempt, outcome: Outcome): void {
    const held = this.#attempts.get(attempt.attempt)
    if (held === undefined || attempt.isEnded) return
    this.#attempts.delete(attempt.attempt)
    attempt.end(outcome)
    this.#left.push(held)
    this.#listener.onUntidy()
  }

  #sendSettled(attempt: HostAttempt, outcome: Outcome): void {
    if (attempt.isReported) return
    attempt.isReported = true
    this.#sendRecords(attempt)
    this.#channel.send({ t: 'settled', attempt: attempt.attempt, outcome, usage: attempt.usage })
  }

  #sendRecords(record: HostAttempt): void {
    const { attempt } = record
    const { logs, metrics, progress } = record.takeRecords()
    if (logs.length > 0) this.#channel.send({ t: 'log', attempt, entries: logs })
    if (metrics.length > 0) this.#channel.send({ t: 'metric', attempt, metrics })
    if (progress !== undefined) this.#channel.send({ t: 'progress', attempt, ...progress })
  }

  /** Timers that the bundle set for itself run only while an attempt of it does. */
  #fireOwn(isolate: PluginIsolate, realm: Realm, timer: number): void {
    if (isolate.isGone) return
    if (isolate.attempts.size === 0) {
      isolate.ownTimers.postpone(realm, timer)
      return
    }
    const [payer] = isolate.attempts.keys()
    const sliceMs = payer?.cpuSliceMs ?? 0
    const end = realm.enter({ attempt: 0, bundle: isolate.bundle.bundle, sliceMs }, 'fire', 0, timer)
    this.#listener.onUntidy()
    if (end.kind === 'memory') this.#abandon(isolate, undefined)
    else if (end.kind === 'timeout') {
      isolate.isTainted = true
      isolate.ownTimers.clear()
      this.isolates.retire(isolate.bundle.bundle)
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
        attempt.setTimer(timer, delayMs, repeats, () => this.#listener.onReady(attempt))
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
      touch: (attempt) => {
        this.#noisy.add(attempt)
        this.#listener.onUntidy()
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
