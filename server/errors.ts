import { type ErrorOptions, type ErrorTraits, PinionError } from '@pinion/core/errors'

/** The codes of this room. A code's meaning never changes; `http/status.ts` says which status each answers with. */
export const SERVER_ERRORS = {
  CONFIG_INVALID: { kind: 'user', retryable: false },
  DATA_FOLDER_LOCKED: { kind: 'environment', retryable: true },
  DATA_FOLDER_UNUSABLE: { kind: 'environment', retryable: false },
  LISTEN_FAILED: { kind: 'environment', retryable: true },
  HTTP_BODY_INVALID: { kind: 'user', retryable: false },
  HTTP_BODY_TOO_LARGE: { kind: 'user', retryable: false },
  HTTP_MEDIA_TYPE_UNSUPPORTED: { kind: 'user', retryable: false },
  HTTP_REQUEST_INVALID: { kind: 'user', retryable: false },
  HTTP_ROUTE_NOT_FOUND: { kind: 'user', retryable: false },
  HTTP_METHOD_NOT_ALLOWED: { kind: 'user', retryable: false },
  HTTP_STARTING: { kind: 'environment', retryable: true },
  HTTP_CLOSING: { kind: 'environment', retryable: true },
  HTTP_TOO_MANY_STREAMS: { kind: 'environment', retryable: true },
  AUTH_REQUIRED: { kind: 'user', retryable: false },
  AUTH_REJECTED: { kind: 'user', retryable: false },
  AUTH_FORBIDDEN: { kind: 'user', retryable: false },
  AUTH_CROSS_SITE: { kind: 'user', retryable: false },
  AUTH_TOO_MANY_FAILURES: { kind: 'user', retryable: true },
  TENANT_NOT_FOUND: { kind: 'user', retryable: false },
  EXECUTION_RUNNING_CONFLICT: { kind: 'user', retryable: true },
  EXECUTION_FILES_UNSUPPORTED: { kind: 'user', retryable: false },
  NAMESPACE_NOT_FOUND: { kind: 'user', retryable: false },
  NAMESPACE_EXISTS: { kind: 'user', retryable: false },
  PLUGIN_CHANGE_INCOMPLETE: { kind: 'user', retryable: false },
  PLUGIN_DOCUMENTATION_NOT_FOUND: { kind: 'user', retryable: false },
  PACKAGE_UNREADABLE: { kind: 'environment', retryable: false },
  PACKAGE_NOT_PUBLISHED: { kind: 'environment', retryable: true },
  SCHEMA_NOT_FOUND: { kind: 'user', retryable: false },
  SECRET_NOT_FOUND: { kind: 'user', retryable: false },
  TOKEN_NOT_FOUND: { kind: 'user', retryable: false },
} as const satisfies Record<string, ErrorTraits>

export type ServerErrorCode = keyof typeof SERVER_ERRORS

/** One fault among several of the same input. */
export interface Problem {
  readonly code?: string
  readonly message: string
  readonly hint?: string
  /** Property path, such as `body.plugins[0]`, or a configuration key. */
  readonly path?: string
  readonly line?: number
  readonly column?: number
}

export interface ServerErrorOptions extends ErrorOptions {
  /** All faults at once, in the order of the input. */
  readonly problems?: readonly Problem[]
}

/** Every error of this room that can reach a person. */
export class ServerError extends PinionError<ServerErrorCode> {
  readonly problems: readonly Problem[]

  constructor(code: ServerErrorCode, message: string, options: ServerErrorOptions = {}) {
    super(code, SERVER_ERRORS[code], message, options)
    this.problems = options.problems ?? []
  }
}
