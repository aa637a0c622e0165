import type { TaskContext } from './context.ts'

/** A task as the bundle exports it. */
export interface TaskDefinition<Properties, Outputs> {
  readonly kind: 'task'
  run(properties: Properties, context: TaskContext): Promise<Outputs> | Outputs
}

/**
 * Defines a task. Properties arrive rendered, with defaults filled in and checked against the schema; what is
 * returned becomes the task run's outputs and is checked too.
 *
 * @typeParam Properties - generated from the schema's `properties`
 * @typeParam Outputs - generated from the schema's `outputs`; `void` without them
 */
export function defineTask<Properties, Outputs = void>(
  definition: Omit<TaskDefinition<Properties, Outputs>, 'kind'>,
): TaskDefinition<Properties, Outputs> {
  return { kind: 'task', ...definition }
}

export interface TriggerContext extends TaskContext {
  /** When the trigger was last evaluated, ISO 8601; absent the first time. */
  readonly lastEvaluation?: string
}

/** A polling trigger: evaluated every `interval`; a returned value starts an execution with it as `trigger.*`. */
export interface TriggerDefinition<Properties, Outputs> {
  readonly kind: 'trigger'
  evaluate(
    properties: Properties,
    context: TriggerContext,
  ): Promise<Outputs | undefined> | Outputs | undefined
}

/** Defines a polling trigger. */
export function defineTrigger<Properties, Outputs>(
  definition: Omit<TriggerDefinition<Properties, Outputs>, 'kind'>,
): TriggerDefinition<Properties, Outputs> {
  return { kind: 'trigger', ...definition }
}

/**
 * Thrown by a task to fail with outputs, or to say that a retry is pointless. Any other error fails the attempt
 * too.
 */
export class TaskError extends Error {
  readonly outputs: unknown
  readonly retryable: boolean

  constructor(
    message: string,
    options: { readonly outputs?: unknown; readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TaskError'
    this.outputs = options.outputs
    this.retryable = options.retryable ?? true
  }
}
