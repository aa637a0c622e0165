import type { JsonValue } from '@pinion/plugin-sdk/manifest'
import { type SerializedError, serializeError } from '../../errors/index.ts'
import type { Scope } from '../../expression/index.ts'
import type { CompiledFlow, CompiledTask } from '../../flow/index.ts'
import type { AttemptContext, AttemptResult, AttemptServices, PluginRuntime } from '../../runtime/index.ts'
import { ExecutionError } from '../errors.ts'
import type { AttemptOutcome, ExecutionEvent } from '../events.ts'
import type { ExecutionState } from '../execution-state.ts'
import { MAX_OUTPUT_BYTES, MAX_RUNNING_ATTEMPTS } from '../limits.ts'
import type { LogRecord, MetricRecord, TaskRunRecord } from '../model.ts'
import { attemptCalls } from './attempt-calls.ts'
import type { Capabilities } from './capabilities.ts'
import { type ErrorLogReader, expressionServices } from './expression-services.ts'
import type { RecordBuffer } from './record-buffer.ts'
import { SecretMask } from './secret-mask.ts'
import { StorageCalls } from './storage-calls.ts'
import { namespacePathOf } from './storage-reach.ts'
import { isDue, renderProperties } from './task-properties.ts'
import { type InstanceVariables, taskScope } from './task-scope.ts'

/** One attempt to make. */
export interface Job {
  readonly flow: CompiledFlow
  readonly state: ExecutionState
  readonly task: CompiledTask
  readonly taskRun: TaskRunRecord
  readonly attemptId: string
  readonly attempt: number
}

export interface WorkerOptions {
  readonly runtime: PluginRuntime
  readonly capabilities: Capabilities
  readonly instance: InstanceVariables
  readonly logs: RecordBuffer<LogRecord>
  readonly metrics: RecordBuffer<MetricRecord>
  readonly readErrorLogs: ErrorLogReader
  /** Where an attempt's start and end are told. */
  report(tenant: string, executionId: string, event: ExecutionEvent): void
}

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const

/**
 * Makes attempts: renders a task's properties, checks them, hands them to the plugin runtime, checks what comes back.
 * Every job that was submitted reports its end exactly once.
 */
export class Worker {
  readonly #options: WorkerOptions
  readonly #waiting: Job[] = []
  readonly #killed = new Set<string>()
  readonly #known = new Set<string>()
  #running = 0
  #isStopping = false
  #idle: (() => void) | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  submit(job: Job): void {
    this.#known.add(job.attemptId)
    this.#waiting.push(job)
    this.#next()
  }

  /** Stops an attempt, whether it waits or runs; unknown ones have ended. */
  kill(attemptId: string): void {
    if (!this.#known.has(attemptId)) return
    this.#killed.add(attemptId)
    this.#options.runtime.kill(attemptId)
  }

  /** Starts nothing more; resolves when what runs has ended, or after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true
    if (this.#running === 0 || graceMs === 0) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#idle = resolve
      timer = setTimeout(resolve, graceMs)
    })
    clearTimeout(timer)
  }

  #next(): void {
    if (this.#running === 0) this.#idle?.()
    while (this.#running < MAX_RUNNING_ATTEMPTS && !this.#isStopping) {
      const job = this.#waiting.shift()
      if (job === undefined) return
      this.#running++
      void this.#make(job).finally(() => {
        this.#running--
        this.#known.delete(job.attemptId)
        this.#killed.delete(job.attemptId)
        this.#next()
      })
    }
  }

  async #make(job: Job): Promise<void> {
    const outcome = await this.#outcomeOf(job)
    await this.#options.logs.ready()
    await this.#options.metrics.ready()
    this.#report(job, {
      type: 'attemptEnded',
      atMs: Date.now(),
      taskRunId: job.taskRun.taskRunId,
      attemptId: job.attemptId,
      outcome,
    })
  }

  async #outcomeOf(job: Job): Promise<AttemptOutcome> {
    const { flow, task, state, taskRun, attemptId, attempt } = job
    const { capabilities, instance, readErrorLogs } = this.#options
    const mask = new SecretMask()
    const owner = { tenant: flow.tenant, namespace: flow.namespace }
    let scope: Scope | undefined
    const scopeOf = () => {
      scope ??= taskScope(
        flow,
        state,
        task,
        taskRun,
        attempt,
        instance,
        expressionServices(state, capabilities, readErrorLogs, mask),
      )
      return scope
    }
    let storage: StorageCalls | undefined
    try {
      if (this.#killed.has(attemptId)) return { status: 'KILLED' }
      if (!(await isDue(flow, task, scopeOf))) return { status: 'SKIPPED' }
      const { packageName, version, integrity } = task.plugin
      this.#report(job, {
        type: 'attemptStarted',
        atMs: Date.now(),
        taskRunId: taskRun.taskRunId,
        attemptId,
        plugin: { packageName, version, integrity },
      })
      const propertiesJson = await renderProperties(flow, task, scopeOf)
      if (this.#killed.has(attemptId)) return { status: 'KILLED' }
      storage = this.#storageOf(job, propertiesJson)
      const result = await this.#options.runtime.run(
        {
          attemptId,
          bundle: task.plugin.bundle,
          type: task.plugin.type,
          method: 'run',
          propertiesJson,
          contextJson: JSON.stringify(this.#contextOf(job)),
          limits: {
            outputBytes: MAX_OUTPUT_BYTES,
            ...(task.timeoutMs === undefined ? {} : { wallTimeMs: task.timeoutMs }),
          },
        },
        { call: attemptCalls(owner, capabilities, storage, mask, scopeOf), ...this.#sinksOf(job, mask) },
      )
      return this.#read(job, result, mask)
    } catch (error) {
      return this.#fail(job, serializeError(error), mask)
    } finally {
      storage?.close()
    }
  }

  #read(job: Job, result: AttemptResult, mask: SecretMask): AttemptOutcome {
    switch (result.status) {
      case 'SUCCESS': {
        const outputs: JsonValue = JSON.parse(result.outputsJson)
        const faults = job.task.plugin.checkOutputs(outputs)
        if (faults.length > 0) {
          const listed = faults.map(({ path, message }) => `${path}: ${message}`).join('; ')
          return this.#fail(
            job,
            serializeError(
              new ExecutionError(
                'TASK_OUTPUT_INVALID',
                `The outputs do not fit the schema of ${job.task.plugin.type}: ${listed}`,
                {
                  hint: `Report it to the authors of ${job.task.plugin.packageName}, or pin another version of it.`,
                },
              ),
            ),
            mask,
          )
        }
        if (result.warning === undefined) return { status: 'SUCCESS', outputs }
        const reason = mask.apply(result.warning)
        this.#log(job, 'WARN', reason)
        return { status: 'WARNING', outputs, reason }
      }
      case 'FAILED':
        return this.#fail(job, result.error, mask, result)
      case 'KILLED':
      case 'LOST':
        return result.status === 'LOST' ? { status: 'LOST', reason: result.reason } : { status: 'KILLED' }
      default:
        return result satisfies never
    }
  }

  #fail(
    job: Job,
    error: SerializedError,
    mask: SecretMask,
    result: { readonly retryable?: boolean; readonly stack?: string; readonly outputsJson?: string } = {},
  ): AttemptOutcome {
    const masked = {
      ...error,
      message: mask.applyToFault(error.message),
      ...(error.hint === undefined ? {} : { hint: mask.applyToFault(error.hint) }),
    }
    const detail = mask.applyToFault(result.stack ?? error.message)
    this.#log(job, 'ERROR', masked.hint === undefined ? detail : `${detail}\n${masked.hint}`)
    return {
      status: 'FAILED',
      error: masked,
      retryable: result.retryable ?? true,
      random: Math.random(),
      ...(result.outputsJson === undefined ? {} : { outputs: JSON.parse(result.outputsJson) as JsonValue }),
    }
  }

  #sinksOf(job: Job, mask: SecretMask): Omit<AttemptServices, 'call'> {
    const { logs, metrics } = this.#options
    const least = LEVELS.indexOf(job.task.logLevel ?? 'TRACE')
    const owner = ownerOf(job)
    return {
      log: (entries) =>
        logs.push(
          entries
            .filter((entry) => LEVELS.indexOf(entry.level) >= least)
            .map((entry) => ({
              ...owner,
              attempt: job.attempt,
              ...entry,
              message: mask.apply(entry.message),
            })),
        ),
      metric: (values) =>
        metrics.push(values.map((value) => ({ ...owner, ...value, timestampMs: Date.now() }))),
      progress: (fraction, message) =>
        logs.push([
          {
            ...owner,
            attempt: job.attempt,
            level: 'DEBUG',
            message: mask.apply(
              `${Math.round(fraction * 100)} %${message === undefined ? '' : ` ${message}`}`,
            ),
            timestampMs: Date.now(),
          },
        ]),
    }
  }

  #log(job: Job, level: LogRecord['level'], message: string): void {
    this.#options.logs.push([
      { ...ownerOf(job), attempt: job.attempt, level, message, timestampMs: Date.now() },
    ])
  }

  #contextOf({ flow, task, taskRun, attempt, state }: Job): AttemptContext {
    return {
      tenant: flow.tenant,
      executionId: state.execution.executionId,
      namespace: flow.namespace,
      flowId: flow.flowId,
      flowRevision: flow.revision,
      taskId: task.taskId,
      taskRunId: taskRun.taskRunId,
      attempt,
      configuration: this.#options.capabilities.configurationOf(task.plugin.type),
    }
  }

  #storageOf({ flow, task, taskRun, state }: Job, propertiesJson: string): StorageCalls {
    const namespacePath = namespacePathOf(flow.namespace)
    const { executionId } = state.execution
    return new StorageCalls(this.#options.capabilities.storage, {
      tenant: flow.tenant,
      namespacePath,
      outputPath: `${namespacePath}/${flow.flowId}/executions/${executionId}/tasks/${task.taskId}/${taskRun.taskRunId}`,
      wasHandedOver: (uri) => propertiesJson.includes(uri),
    })
  }

  #report(job: Job, event: ExecutionEvent): void {
    this.#options.report(job.flow.tenant, job.state.execution.executionId, event)
  }
}

function ownerOf({ flow, state, taskRun }: Job) {
  return {
    tenant: flow.tenant,
    executionId: state.execution.executionId,
    namespace: flow.namespace,
    flowId: flow.flowId,
    taskId: taskRun.taskId,
    taskRunId: taskRun.taskRunId,
  }
}
