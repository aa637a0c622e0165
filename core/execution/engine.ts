import { serializeError } from '../errors/index.ts'
import type { PluginRuntime } from '../runtime/index.ts'
import { ExecutionError } from './errors.ts'
import type { Effect, ExecutionEvent } from './events.ts'
import { type EffectHandler, Executor, type ExecutorLog } from './executor/executor.ts'
import { ExpressionEffects, taskOf } from './executor/expression-effects.ts'
import { type FlowProvider, type LiveExecution, LiveExecutions } from './executor/live-executions.ts'
import { type ExecutionRequest, newExecution } from './input/new-execution.ts'
import { MAX_EXPRESSION_ERROR_LOGS, RECOVERY_PAGE } from './limits.ts'
import {
  type ExecutionRecord,
  type LogRecord,
  type MetricRecord,
  type TaskRunRecord,
  TERMINAL_STATES,
} from './model.ts'
import type { ExecutionRepository, LogRepository, MetricRepository } from './repository.ts'
import type { Capabilities } from './worker/capabilities.ts'
import { type DebugResult, debugExpression } from './worker/debug-expression.ts'
import type { ErrorLogReader } from './worker/expression-services.ts'
import { RecordBuffer } from './worker/record-buffer.ts'
import type { InstanceVariables } from './worker/task-scope.ts'
import { Worker } from './worker/worker.ts'

export interface ExecutionEngineOptions {
  readonly executions: ExecutionRepository
  readonly logs: LogRepository
  readonly metrics: MetricRepository
  readonly flows: FlowProvider
  readonly runtime: PluginRuntime
  readonly capabilities: Capabilities
  readonly instance: InstanceVariables
  readonly log: ExecutorLog
}

/** An execution as it is at one moment. */
export interface ExecutionSnapshot {
  readonly execution: ExecutionRecord
  readonly taskRuns: readonly TaskRunRecord[]
}

type Listener = (snapshot: ExecutionSnapshot) => void

/** Longest delay that a timer takes in one piece (2^31 - 1 ms); longer waits are cut into such pieces. */
const MAX_TIMER_MS = 2_147_483_647

/** Runs executions: takes requests, keeps them durable, drives them to their end, and goes on after a crash. */
export class ExecutionEngine {
  readonly #options: ExecutionEngineOptions
  readonly #live: LiveExecutions
  readonly #executor: Executor
  readonly #worker: Worker
  readonly #expressions: ExpressionEffects
  readonly #logs: RecordBuffer<LogRecord>
  readonly #metrics: RecordBuffer<MetricRecord>
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #starting = new Set<Promise<ExecutionRecord>>()
  /** Those who wait for an execution to leave memory. */
  readonly #settlements = new Set<() => void>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #isClosed = false

  constructor(options: ExecutionEngineOptions) {
    this.#options = options
    const onLost = (kind: string) => (error: unknown, lost: number) =>
      options.log.error(`Some ${kind} could not be written.`, { lost, error: serializeError(error) })
    this.#logs = new RecordBuffer((rows) => options.logs.append(rows), onLost('logs'))
    this.#metrics = new RecordBuffer((rows) => options.metrics.append(rows), onLost('metrics'))
    this.#live = new LiveExecutions(options.executions, options.flows)
    const effects: EffectHandler = {
      handle: (effect, live) => this.#handle(effect, live),
      changed: (live) => this.#notify(live),
    }
    this.#executor = new Executor(this.#live, options.executions, effects, options.log)
    const { capabilities, instance } = options
    this.#expressions = new ExpressionEffects({
      capabilities,
      instance,
      logs: this.#logs,
      readErrorLogs: this.#readErrorLogs,
    })
    this.#worker = new Worker({
      runtime: options.runtime,
      capabilities,
      instance,
      logs: this.#logs,
      metrics: this.#metrics,
      readErrorLogs: this.#readErrorLogs,
      report: (tenant, executionId, event) => this.#executor.post(tenant, executionId, event),
    })
  }

  /** Goes on with what a crash or a stop left unfinished. @returns how many executions. */
  async start(): Promise<number> {
    let count = 0
    let after: string | undefined
    for (;;) {
      const page = await this.#options.executions.scanUnfinished(after, RECOVERY_PAGE)
      for (const execution of page) await this.#recover(execution)
      count += page.length
      after = page.at(-1)?.executionId
      if (page.length < RECOVERY_PAGE) return count
    }
  }

  /**
   * Starts an execution. The record that comes back is durable: its id survives kill -9.
   *
   * @throws ExecutionError `EXECUTION_INPUT_INVALID`, `EXECUTION_FLOW_DISABLED`, `EXECUTION_BACKPRESSURE`; FlowError when the flow is not there or
   * not valid any more
   */
  create(request: ExecutionRequest): Promise<ExecutionRecord> {
    const starting = this.#create(request)
    this.#starting.add(starting)
    return starting.finally(() => this.#starting.delete(starting))
  }

  async #create(request: ExecutionRequest): Promise<ExecutionRecord> {
    const flow = await this.#options.flows.prepare(
      request.tenant,
      request.namespace,
      request.flowId,
      request.revision,
    )
    const execution = newExecution(flow, request, Date.now())
    await this.#executor.create(execution, flow)
    return execution
  }

  /** Asks an execution to stop. @throws ExecutionError `EXECUTION_NOT_FOUND`, `EXECUTION_STATE_CONFLICT` if it has ended */
  async kill(tenant: string, executionId: string): Promise<void> {
    const { execution } = await this.get(tenant, executionId)
    if (TERMINAL_STATES.has(execution.state)) {
      throw new ExecutionError(
        'EXECUTION_STATE_CONFLICT',
        `The execution ${executionId} has ended: it is ${execution.state}.`,
      )
    }
    await this.#executor.request(tenant, executionId, { type: 'killRequested', atMs: Date.now() })
  }

  /** As it is now, from memory where it runs here. @throws ExecutionError `EXECUTION_NOT_FOUND` */
  async get(tenant: string, executionId: string): Promise<ExecutionSnapshot> {
    const live = this.#live.get(executionId)
    if (live && live.state.execution.tenant === tenant) return snapshotOf(live)
    const execution = await this.#options.executions.find(tenant, executionId)
    if (execution === undefined) throw notFound(executionId)
    return { execution, taskRuns: await this.#options.executions.listTaskRuns(tenant, executionId) }
  }

  /**
   * Evaluates a template in the scope of a task run, or in that of the whole execution. Secrets are refused; what is wrong
   * with the template is a result.
   *
   * @throws ExecutionError `EXECUTION_NOT_FOUND`, `TASK_RUN_NOT_FOUND`; FlowError when the flow's revision cannot be compiled any more
   */
  async debugExpression(
    tenant: string,
    executionId: string,
    taskRunId: string | undefined,
    template: string,
  ): Promise<DebugResult> {
    const { flow, state } = await this.#view(tenant, executionId)
    const { capabilities, instance } = this.#options
    return debugExpression(template, {
      flow,
      state,
      taskRunId,
      taskOf: (taskId) => taskOf(flow, taskId),
      capabilities,
      instance,
      readErrorLogs: this.#readErrorLogs,
    })
  }

  /**
   * Resolves when the execution has reached its terminal state, or, with `settled`, when its `afterExecution` tasks have
   * ended too; rejects when `signal` aborts.
   */
  async waitForEnd(
    tenant: string,
    executionId: string,
    signal: AbortSignal,
    until: 'ended' | 'settled' = 'ended',
  ): Promise<ExecutionSnapshot> {
    const ended = Promise.withResolvers<ExecutionSnapshot>()
    const look = (snapshot: ExecutionSnapshot) => {
      const { state, isSettled } = snapshot.execution
      if (until === 'settled' ? isSettled : TERMINAL_STATES.has(state)) ended.resolve({ ...snapshot })
    }
    const stop = this.subscribe(executionId, look)
    const abort = () => ended.reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      if (signal.aborted) abort()
      // Subscribed before this look, so that an end between the two is not missed.
      look(await this.get(tenant, executionId))
      return await ended.promise
    } finally {
      stop()
      signal.removeEventListener('abort', abort)
    }
  }

  /** Calls the listener with each durable change of an execution, in order. @returns how to stop. */
  subscribe(executionId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(executionId) ?? new Set()
    this.#listeners.set(executionId, listeners)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(executionId)
    }
  }

  /** Resolves when all logs and metrics reported so far can be read. */
  async flush(): Promise<void> {
    await Promise.all([this.#logs.flush(), this.#metrics.flush()])
  }

  /**
   * Resolves when no execution here runs a flow that was prepared with this bundle. New ones are no matter: once a version
   * left the catalog, nothing is prepared with it.
   */
  async whenUnused(bundleSha512: string): Promise<void> {
    // A flow may have been prepared a moment ago, for an execution that is not there yet.
    await Promise.allSettled(this.#starting)
    while (this.#live.uses(bundleSha512)) {
      await new Promise<void>((resolve) => this.#settlements.add(resolve))
    }
  }

  /**
   * Waits up to `graceMs` for running attempts and writes what is on its way. What still runs then is found again by the
   * next start.
   */
  async close(graceMs = 0): Promise<void> {
    await this.#worker.stop(graceMs)
    this.#isClosed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    await this.#executor.close()
    await this.flush()
  }

  async #view(tenant: string, executionId: string) {
    const live = this.#live.get(executionId)
    if (live?.flow && live.state.execution.tenant === tenant) return { flow: live.flow, state: live.state }
    const view = await this.#live.view(tenant, executionId)
    if (view === undefined) throw notFound(executionId)
    return view
  }

  /** Logs are written in bulk: an error of a moment ago must be among them. */
  readonly #readErrorLogs: ErrorLogReader = async (tenant, executionId) => {
    await this.#logs.flush()
    const limit = MAX_EXPRESSION_ERROR_LOGS
    return this.#options.logs.list({ tenant, executionId, minLevel: 'ERROR', limit, offset: 0 })
  }

  async #recover({ tenant, executionId }: ExecutionRecord): Promise<void> {
    const atMs = Date.now()
    try {
      await this.#executor.request(tenant, executionId, { type: 'recover', atMs, random: Math.random() })
    } catch (error) {
      const { message } = serializeError(error)
      await this.#executor.request(tenant, executionId, {
        type: 'abandoned',
        atMs,
        error: { code: 'EXECUTION_FLOW_UNAVAILABLE', message: `It cannot go on after a restart: ${message}` },
      })
    }
  }

  #handle(effect: Effect, live: LiveExecution): void {
    const { tenant, executionId } = live.state.execution
    switch (effect.type) {
      case 'submit':
        return this.#submit(effect, live)
      case 'kill':
        return this.#worker.kill(effect.attemptId)
      case 'wake':
        return this.#wakeAt(effect.dueAtMs, () =>
          this.#executor.post(tenant, executionId, {
            type: 'retryDue',
            atMs: Date.now(),
            taskRunId: effect.taskRunId,
          }),
        )
      case 'evaluate':
        return this.#answer(live, this.#expressions.decide(live, effect.taskRunId))
      case 'renderOutputs':
        return this.#answer(live, this.#expressions.renderOutputs(live))
      case 'ended':
        return
      case 'settled':
        for (const settle of this.#settlements) settle()
        this.#settlements.clear()
        return
      default:
        return effect satisfies never
    }
  }

  #submit(effect: Extract<Effect, { type: 'submit' }>, { flow, state }: LiveExecution): void {
    const taskRun = state.taskRun(effect.taskRunId)
    const task = flow && taskRun && taskOf(flow, taskRun.taskId)
    if (!task) throw new Error(`No task for task run ${effect.taskRunId}.`)
    this.#worker.submit({ flow, state, task, taskRun, attemptId: effect.attemptId, attempt: effect.attempt })
  }

  /** Renders an effect and feeds the answer back. */
  #answer(live: LiveExecution, rendering: Promise<ExecutionEvent>): void {
    const { tenant, executionId } = live.state.execution
    void rendering.then((event) => this.#executor.post(tenant, executionId, event))
  }

  #wakeAt(dueAtMs: number, wake: () => void): void {
    if (this.#isClosed) return
    const waitMs = Math.max(0, dueAtMs - Date.now())
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        if (waitMs > MAX_TIMER_MS) this.#wakeAt(dueAtMs, wake)
        else wake()
      },
      Math.min(waitMs, MAX_TIMER_MS),
    )
    this.#timers.add(timer)
  }

  #notify(live: LiveExecution): void {
    const listeners = this.#listeners.get(live.state.execution.executionId)
    if (!listeners) return
    const snapshot = snapshotOf(live)
    for (const listener of listeners) listener(snapshot)
  }
}

function notFound(executionId: string): ExecutionError {
  return new ExecutionError('EXECUTION_NOT_FOUND', `There is no execution ${executionId}.`)
}

/** The list of task runs is made when it is first asked for: most who listen look at the state alone. */
function snapshotOf({ state }: LiveExecution): ExecutionSnapshot {
  let taskRuns: readonly TaskRunRecord[] | undefined
  return {
    execution: state.execution,
    get taskRuns() {
      taskRuns ??= [...state.taskRuns]
      return taskRuns
    },
  }
}
