import { type ErrorOptions, type ErrorTraits, PinionError } from '../errors/index.ts'

export const EXECUTION_ERRORS = {
  EXECUTION_NOT_FOUND: { kind: 'user', retryable: false },
  TASK_RUN_NOT_FOUND: { kind: 'user', retryable: false },
  EXECUTION_FLOW_DISABLED: { kind: 'user', retryable: false },
  EXECUTION_INPUT_INVALID: { kind: 'user', retryable: false },
  EXECUTION_STATE_CONFLICT: { kind: 'user', retryable: false },
  EXECUTION_BACKPRESSURE: { kind: 'environment', retryable: true },
  EXECUTION_ENGINE_CLOSED: { kind: 'environment', retryable: true },
  EXECUTION_FLOW_UNAVAILABLE: { kind: 'user', retryable: false },
  /** The worker of an attempt went away before it answered. */
  ATTEMPT_LOST: { kind: 'environment', retryable: true },
  TASK_PROPERTY_INVALID: { kind: 'user', retryable: false },
  TASK_LOOP_UNMET: { kind: 'user', retryable: false },
  TASK_OUTPUT_INVALID: { kind: 'user', retryable: false },
  TASK_STORAGE_REFUSED: { kind: 'user', retryable: false },
  TASK_STORAGE_MISSING: { kind: 'user', retryable: false },
  TASK_FILE_TOO_LARGE: { kind: 'user', retryable: false },
  TASK_SECRET_FIELD_MISSING: { kind: 'user', retryable: false },
  TASK_EXPRESSION_FAILED: { kind: 'user', retryable: false },
} as const satisfies Record<string, ErrorTraits>

export type ExecutionErrorCode = keyof typeof EXECUTION_ERRORS

/** What can go wrong between a request to run a flow and its end. `problems` lists every fault of an input at once. */
export class ExecutionError extends PinionError<ExecutionErrorCode> {
  readonly problems: readonly { readonly path: string; readonly message: string }[]

  constructor(
    code: ExecutionErrorCode,
    message: string,
    options: ErrorOptions & {
      readonly problems?: readonly { readonly path: string; readonly message: string }[]
    } = {},
  ) {
    super(code, EXECUTION_ERRORS[code], message, options)
    this.problems = options.problems ?? []
  }
}
