import { compileTemplate, debugServices, ExpressionError, type Scope } from '../../expression/index.ts'
import type { CompiledFlow, CompiledTask } from '../../flow/index.ts'
import { ExecutionError } from '../errors.ts'
import type { ExecutionState } from '../execution-state.ts'
import { MAX_DEBUG_RESULT_LENGTH, MAX_DEBUG_TEMPLATE_LENGTH } from '../limits.ts'
import type { Capabilities } from './capabilities.ts'
import { type ErrorLogReader, expressionServices } from './expression-services.ts'
import { SecretMask } from './secret-mask.ts'
import { executionVariables, type InstanceVariables, taskScope } from './task-scope.ts'

/** What an expression that was evaluated by hand gave. Lines and columns are 1-based, within the template. */
export type DebugResult =
  | { readonly result: string }
  | {
      readonly error: {
        readonly code: string
        readonly message: string
        readonly hint?: string
        readonly line?: number
        readonly column?: number
      }
    }

export interface DebugOptions {
  readonly flow: CompiledFlow
  readonly state: ExecutionState
  /** Whose scope to take; absent: that of the execution, without `task` and `taskrun`. */
  readonly taskRunId: string | undefined
  readonly taskOf: (taskId: string) => CompiledTask | undefined
  readonly capabilities: Capabilities
  readonly instance: InstanceVariables
  readonly readErrorLogs: ErrorLogReader
}

/**
 * Evaluates a template as a task of the execution would see it, but for secrets, which are refused. What is wrong with the
 * template is a result, not an exception.
 *
 * @throws ExecutionError `TASK_RUN_NOT_FOUND`
 */
export async function debugExpression(template: string, options: DebugOptions): Promise<DebugResult> {
  const scope = debugScope(options)
  try {
    if (template.length > MAX_DEBUG_TEMPLATE_LENGTH) {
      throw limit(`The template is longer than ${MAX_DEBUG_TEMPLATE_LENGTH} characters.`)
    }
    const result = await compileTemplate(template).render(scope)
    if (result.length > MAX_DEBUG_RESULT_LENGTH) {
      throw limit(`The result is longer than ${MAX_DEBUG_RESULT_LENGTH} characters: it has ${result.length}.`)
    }
    return { result }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    const { code, message, hint, place } = error
    return {
      error: {
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
        ...(place === undefined ? {} : { line: place.line, column: place.column }),
      },
    }
  }
}

function debugScope(options: DebugOptions): Scope {
  const { flow, state, taskRunId, taskOf, capabilities, instance, readErrorLogs } = options
  const services = debugServices(expressionServices(state, capabilities, readErrorLogs, new SecretMask()))
  if (taskRunId === undefined) return { variables: executionVariables(flow, state, instance), services }
  const taskRun = state.taskRun(taskRunId)
  const task = taskRun && taskOf(taskRun.taskId)
  if (!taskRun || !task) {
    throw new ExecutionError(
      'TASK_RUN_NOT_FOUND',
      `The execution ${state.execution.executionId} has no task run ${taskRunId}.`,
      { hint: 'The execution lists its task runs with their ids.' },
    )
  }
  return taskScope(flow, state, task, taskRun, taskRun.attempts.length, instance, services)
}

function limit(message: string): ExpressionError {
  return new ExpressionError('EXPRESSION_LIMIT', message, { hint: 'Ask for a smaller piece.' })
}
