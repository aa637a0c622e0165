import type { AsyncLocalStorage } from 'node:async_hooks'
import { pathToFileURL } from 'node:url'
import { RuntimeError, runtimeFault } from '../errors.ts'
import { flattenError } from '../guest/flatten-error.ts'
import { createTaskContext, createTriggerContext } from '../guest/task-context.ts'
import type { HostBundle, Outcome, ToHost } from '../protocol/messages.ts'
import type { AttemptContext } from '../runtime.ts'
import { readBundle } from './bundle-file.ts'
import type { HostChannel } from './channel.ts'
import { type ExportedType, missingTypes } from './exported-types.ts'
import { HostAttempt } from './host-attempt.ts'
import { LogBudget } from './log-budget.ts'
import type { MarkerWriter } from './marker-writer.ts'
import { NodeAttempt, type NodeAttemptListener } from './node-attempt.ts'
import { Outcomes } from './outcomes.ts'
import { ParentCalls } from './parent-calls.ts'
import { BUNDLE_FILE, SourcePositions } from './source-positions.ts'

type Start = Extract<ToHost, { t: 'start' }>
type Types = Readonly<Record<string, unknown>>

/** Speaks the hosts' protocol for a plugin that runs in this very process. */
export class NodeServer implements NodeAttemptListener {
  readonly #bundle: HostBundle
  readonly #channel: HostChannel
  readonly #marker: MarkerWriter
  readonly #running: AsyncLocalStorage<NodeAttempt>
  readonly #outcomes = new Outcomes(new SourcePositions())
  readonly #parent: ParentCalls
  readonly #attempts = new Map<number, NodeAttempt>()
  /** Attempts whose logs, metrics or progress wait to be sent. */
  readonly #noisy = new Set<HostAttempt>()
  #types: Promise<Types> | undefined

  constructor(
    bundle: HostBundle,
    channel: HostChannel,
    marker: MarkerWriter,
    running: AsyncLocalStorage<NodeAttempt>,
  ) {
    this.#bundle = bundle
    this.#channel = channel
    this.#marker = marker
    this.#running = running
    this.#parent = new ParentCalls(channel)
  }

  receive(messages: readonly ToHost[]): void {
    for (const message of messages) this.#handle(message)
  }

  /** For what cannot be traced to one attempt. */
  warn(message: string): void {
    for (const attempt of this.#attempts.values()) attempt.log(3, message)
  }

  onRecord({ record }: NodeAttempt): void {
    if (this.#noisy.size === 0) setImmediate(() => this.#flushRecords())
    this.#noisy.add(record)
  }

  #flushRecords(): void {
    for (const record of this.#noisy) this.#sendRecords(record)
    this.#noisy.clear()
  }

  #handle(message: ToHost): void {
    switch (message.t) {
      case 'load':
        void this.#load(message.request)
        return
      case 'start':
        void this.#start(message)
        return
      case 'abort':
        this.#abort(message.attempt, message.reason, message.graceMs)
        return
      case 'result':
        this.#attempts.get(message.attempt)?.record.passed.get(message.call)?.({
          resultJson: message.resultJson,
        })
        return
      case 'fault':
        this.#attempts.get(message.attempt)?.record.passed.get(message.call)?.({ error: message.error })
        return
      case 'ping':
        this.#channel.send({
          t: 'pong',
          seq: message.seq,
          report: { residentBytes: process.memoryUsage.rss(), isolates: 1, isolatesMade: 1 },
        })
        return
      case 'unload':
        this.#channel.send({ t: 'unloaded', request: message.request, bundle: message.bundle })
        return
      case 'bundle':
      case 'resume':
        // The bundle is known from the start, and nothing is queued here.
        return
      default:
        message satisfies never
    }
  }

  async #load(request: number): Promise<void> {
    try {
      await this.#import()
      this.#channel.send({ t: 'loaded', request, bundle: this.#bundle.bundle })
    } catch (error) {
      const { error: fault, stack } = this.#outcomes.fromError(this.#named(error), this.#bundle)
      this.#channel.send({
        t: 'unloadable',
        request,
        error: fault,
        ...(stack === undefined ? {} : { stack }),
      })
    }
  }

  async #start(start: Start): Promise<void> {
    this.#marker.begun = start.ordinal
    const record = new HostAttempt(start.attempt, this.#bundle, start, new LogBudget(Date.now()))
    const attempt = new NodeAttempt(record, (...args) => this.#parent.pass(...args), this)
    this.#attempts.set(start.attempt, attempt)
    this.#channel.send({ t: 'parked', attempt: start.attempt })
    let types: Types
    try {
      types = await this.#import()
    } catch (error) {
      this.#end(record, this.#outcomes.fromError(this.#named(error), this.#bundle))
      return
    }
    const cpuBefore = process.cpuUsage()
    const outcome = await this.#running.run(attempt, () => this.#run(start, attempt, types))
    // Of the whole process: attempts that run side by side are each charged with both.
    const { user, system } = process.cpuUsage(cpuBefore)
    record.cpuMs = (user + system) / 1000
    this.#end(record, outcome)
  }

  async #run(start: Start, attempt: NodeAttempt, types: Types): Promise<Outcome> {
    const { type, method } = start
    try {
      const definition = types[type]
      const run: unknown =
        typeof definition === 'object' && definition !== null ? Reflect.get(definition, method) : undefined
      if (typeof run !== 'function') {
        const error = runtimeFault(
          'PLUGIN_TYPE_MISSING',
          `The plugin offers no type "${type}" with a \`${method}\`.`,
        )
        return { status: 'FAILED', error, retryable: false }
      }
      const info: AttemptContext = JSON.parse(start.contextJson)
      const context =
        method === 'run' ? createTaskContext(attempt, () => info) : createTriggerContext(attempt, info)
      const result: unknown = await this.#marked(start, () =>
        Reflect.apply(run, definition, [JSON.parse(start.propertiesJson), context]),
      )
      return this.#outcomeOf(start, result, attempt.warning)
    } catch (error) {
      const fault = flattenError(this.#named(error))
      const reason: unknown = error instanceof RuntimeError ? error.code : undefined
      return this.#outcomes.fromFault(JSON.stringify({ ...fault, reason }), this.#bundle)
    }
  }

  #outcomeOf({ method, outputBytes }: Start, result: unknown, warning: string | undefined): Outcome {
    const isNothing = result === undefined || (result === null && method === 'evaluate')
    if (!isNothing && (typeof result !== 'object' || result === null || Array.isArray(result))) {
      const error = runtimeFault('PLUGIN_OUTPUT_INVALID', `\`${method}\` must return an object or nothing.`)
      return { status: 'FAILED', error, retryable: false }
    }
    const outputsJson = isNothing ? (method === 'run' ? '{}' : 'null') : JSON.stringify(result)
    const sizeBytes = Buffer.byteLength(outputsJson)
    if (sizeBytes > outputBytes) return this.#outcomes.outputTooLarge(sizeBytes, outputBytes)
    return { status: 'SUCCESS', outputsJson, ...(warning === undefined ? {} : { warning }) }
  }

  /** The marker covers the first step only: what comes after runs as Node sees fit. */
  #marked(start: Start, run: () => unknown): unknown {
    this.#marker.enter(start.attempt, this.#bundle.bundle, start.cpuSliceMs)
    try {
      return run()
    } finally {
      this.#marker.leave()
    }
  }

  #abort(number: number, reason: 'killed' | 'timeout', graceMs: number): void {
    const attempt = this.#attempts.get(number)
    if (attempt === undefined) return
    clearTimeout(attempt.record.deadline)
    attempt.record.deadline = setTimeout(() => this.#end(attempt.record, { status: 'KILLED' }), graceMs)
    attempt.stop(reason)
  }

  #end(record: HostAttempt, outcome: Outcome): void {
    if (!this.#attempts.delete(record.attempt)) return
    record.end(outcome)
    this.#sendRecords(record)
    this.#channel.send({ t: 'settled', attempt: record.attempt, outcome, usage: record.usage })
  }

  #sendRecords(record: HostAttempt): void {
    const { attempt } = record
    const { logs, metrics, progress } = record.takeRecords()
    if (logs.length > 0) this.#channel.send({ t: 'log', attempt, entries: logs })
    if (metrics.length > 0) this.#channel.send({ t: 'metric', attempt, metrics })
    if (progress !== undefined) this.#channel.send({ t: 'progress', attempt, ...progress })
  }

  #import(): Promise<Types> {
    this.#types ??= this.#read()
    return this.#types
  }

  async #read(): Promise<Types> {
    const { bundlePath, packageName, version, types } = this.#bundle
    readBundle(this.#bundle)
    const module: unknown = await import(pathToFileURL(bundlePath).href)
    const exported: unknown =
      typeof module === 'object' && module !== null ? Reflect.get(module, 'types') : undefined
    if (typeof exported !== 'object' || exported === null) {
      throw new RuntimeError('PLUGIN_LOAD_FAILED', `${packageName}@${version} does not export \`types\`.`)
    }
    const faults = missingTypes(types, Object.entries(exported).map(describeExport))
    if (faults.length > 0) {
      throw new RuntimeError(
        'PLUGIN_LOAD_FAILED',
        `${packageName}@${version} is not what its manifest says: ${faults.join(' ')}`,
      )
    }
    return { ...exported }
  }

  /** Stacks speak of the bundle by the name that is mapped to the plugin's sources. */
  #named(error: unknown): unknown {
    if (error instanceof Error && error.stack !== undefined) {
      error.stack = error.stack.replaceAll(pathToFileURL(this.#bundle.bundlePath).href, BUNDLE_FILE)
    }
    return error
  }
}

function describeExport([type, definition]: [string, unknown]): ExportedType {
  const record = typeof definition === 'object' && definition !== null ? definition : {}
  return {
    type,
    kind: 'kind' in record ? String(record.kind) : '',
    hasRun: 'run' in record && typeof record.run === 'function',
    hasEvaluate: 'evaluate' in record && typeof record.evaluate === 'function',
  }
}
