import { type ErrorOptions, type ErrorTraits, PinionError } from '../errors/index.ts'
import type { FlowProblem } from './model.ts'

const USER = { kind: 'user', retryable: false } as const

/** What can be wrong with a flow's source, each at a line: see {@link FlowProblem}. */
export const FLOW_PROBLEMS = {
  FLOW_YAML_SYNTAX: USER,
  FLOW_YAML_TOO_LARGE: USER,
  FLOW_YAML_DUPLICATE_KEY: USER,
  FLOW_YAML_VALUE_REFUSED: USER,
  FLOW_YAML_MANY_DOCUMENTS: USER,
  FLOW_TOO_MANY_PROBLEMS: USER,
  FLOW_PROPERTY_UNKNOWN: USER,
  FLOW_PROPERTY_MISSING: USER,
  FLOW_PROPERTY_INVALID: USER,
  FLOW_PROPERTY_DEPRECATED: USER,
  FLOW_ID_RESERVED: USER,
  FLOW_ID_DUPLICATE: USER,
  FLOW_TASK_UNKNOWN: USER,
  FLOW_TASK_CYCLE: USER,
  FLOW_IDENTITY_CHANGED: USER,
  FLOW_FEATURE_UNSUPPORTED: USER,
  FLOW_REFERENCE_UNKNOWN: USER,
  FLOW_EXPRESSION_UNRENDERED: USER,
  FLOW_TYPE_RENAMED: USER,
  FLOW_TYPE_DEPRECATED: USER,
  FLOW_PLUGIN_KIND_WRONG: USER,
  FLOW_LOCK_UNAVAILABLE: USER,
} as const satisfies Record<string, ErrorTraits>

/** What a service of this room throws. */
export const FLOW_ERRORS = {
  /** The source has problems; the error carries them all. */
  FLOW_INVALID: USER,
  FLOW_EXISTS: USER,
  FLOW_NOT_FOUND: USER,
  /** Somebody else saved the flow meanwhile. */
  FLOW_CONFLICT: { kind: 'user', retryable: true },
} as const satisfies Record<string, ErrorTraits>

export type FlowProblemCode = keyof typeof FLOW_PROBLEMS
export type FlowErrorCode = keyof typeof FLOW_ERRORS

/** `problems`: all of them in the order of the file; empty unless the code is `FLOW_INVALID`. */
export class FlowError extends PinionError<FlowErrorCode> {
  readonly problems: readonly FlowProblem[]

  constructor(
    code: FlowErrorCode,
    message: string,
    options: ErrorOptions & { readonly problems?: readonly FlowProblem[] } = {},
  ) {
    super(code, FLOW_ERRORS[code], message, options)
    this.problems = options.problems ?? []
  }
}
