import { serializeError } from '../../errors/index.ts'
import { allTasks, type CompiledFlow, type CompiledTask } from '../../flow/index.ts'
import type { ExecutionEvent } from '../events.ts'
import { evaluate } from '../flowable/evaluate.ts'
import { renderFlowOutputs } from '../input/render-outputs.ts'
import type { LogRecord } from '../model.ts'
import type { Capabilities } from '../worker/capabilities.ts'
import { type ErrorLogReader, expressionServices } from '../worker/expression-services.ts'
import type { RecordBuffer } from '../worker/record-buffer.ts'
import { SecretMask } from '../worker/secret-mask.ts'
import { executionVariables, type InstanceVariables, taskScope } from '../worker/task-scope.ts'
import type { LiveExecution } from './live-executions.ts'

export interface ExpressionEffectsOptions {
  readonly capabilities: Capabilities
  readonly instance: InstanceVariables
  readonly logs: RecordBuffer<LogRecord>
  readonly readErrorLogs: ErrorLogReader
}

/** Renders what the reducer cannot: each effect is answered by one event, whatever goes wrong. */
export class ExpressionEffects {
  readonly #options: ExpressionEffectsOptions

  constructor(options: ExpressionEffectsOptions) {
    this.#options = options
  }

  /** What the expressions of a flowable say, now that it is due. */
  async decide({ flow, state }: LiveExecution, taskRunId: string): Promise<ExecutionEvent> {
    const { capabilities, instance, logs, readErrorLogs } = this.#options
    const taskRun = state.taskRun(taskRunId)
    const task = flow && taskRun && taskOf(flow, taskRun.taskId)
    if (!task) throw new Error(`No task for task run ${taskRunId}.`)
    const mask = new SecretMask()
    const services = expressionServices(state, capabilities, readErrorLogs, mask)
    const scope = () => taskScope(flow, state, task, taskRun, 0, instance, services)
    const decision = await evaluate(flow, task, taskRun.state, scope, mask)
    const atMs = Date.now()
    if (decision.type === 'fail') {
      const { tenant, executionId, namespace, flowId, taskId } = taskRun
      const owner = { tenant, executionId, namespace, flowId, taskId, taskRunId }
      logs.push([{ ...owner, level: 'ERROR', message: decision.error.message, timestampMs: atMs }])
    }
    return { type: 'evaluated', atMs, taskRunId, decision }
  }

  /** The outputs of a flow whose tasks have ended. */
  async renderOutputs({ flow, state }: LiveExecution): Promise<ExecutionEvent> {
    if (!flow) throw new Error(`No flow for execution ${state.execution.executionId}.`)
    const { capabilities, instance, readErrorLogs } = this.#options
    const mask = new SecretMask()
    const services = expressionServices(state, capabilities, readErrorLogs, mask)
    try {
      const variables = executionVariables(flow, state, instance)
      const outputs = await renderFlowOutputs(flow, { variables, services })
      return { type: 'outputsRendered', atMs: Date.now(), result: { outputs } }
    } catch (error) {
      const { message, ...rest } = serializeError(error)
      const result = { error: { ...rest, message: mask.applyToFault(message) } }
      return { type: 'outputsRendered', atMs: Date.now(), result }
    }
  }
}

const taskIndexes = new WeakMap<CompiledFlow, ReadonlyMap<string, CompiledTask>>()

/** A task of a flow, at any depth. */
export function taskOf(flow: CompiledFlow, taskId: string): CompiledTask | undefined {
  let index = taskIndexes.get(flow)
  if (index === undefined) {
    index = new Map(Array.from(allTasks(flow), (task) => [task.taskId, task]))
    taskIndexes.set(flow, index)
  }
  return index.get(taskId)
}
