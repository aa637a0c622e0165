import { isAbsolute } from 'node:path'
import { type ErrorPlace, type ErrorTraits, PinionError } from '@pinion/core/errors'
import type { Problem } from '../errors.ts'
import { RETRY_AFTER_S } from '../limits.ts'

/** What a client is told about an error. Never a stack. */
export interface ErrorBody {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly at?: ErrorPlace
  /** Every fault of the input, where there is more to say than one message. */
  readonly problems?: readonly Problem[]
}

export interface ErrorAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ErrorBody
}

/**
 * The one place where an error becomes a status. An error of any room is told by its code; one without traits is a bug of
 * ours, of which a client learns nothing but where to look.
 */
export function answerError(error: unknown, requestId: string): ErrorAnswer {
  if (error instanceof URIError) {
    const message = 'The path is not encoded correctly.'
    return { status: 400, headers: {}, body: { code: 'HTTP_REQUEST_INVALID', message } }
  }
  if (!isTold(error)) {
    const message = 'Something went wrong in the server; its log has more.'
    return {
      status: 500,
      headers: {},
      body: { code: 'INTERNAL', message, hint: `Look for the request ${requestId}.` },
    }
  }
  const status = statusOf(error.code, error.traits)
  const problems = problemsOf(error)
  return {
    status,
    headers: headersOf(status),
    body: {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.at === undefined ? {} : { at: withoutOurPaths(error.at) }),
      ...(problems.length === 0 ? {} : { problems }),
    },
  }
}

/** A client has no use for where something lies on this machine, and no business to know. */
function withoutOurPaths({ file, ...place }: ErrorPlace): ErrorPlace {
  return file === undefined || isAbsolute(file) ? place : { ...place, file }
}

/** Exact codes first, then what a code's ending says, then who must act. */
export function statusOf(code: string, traits: ErrorTraits): number {
  const byCode = STATUS_BY_CODE[code] ?? STATUS_BY_ENDING.find(([ending]) => code.endsWith(ending))?.[1]
  if (byCode !== undefined) return byCode
  switch (traits.kind) {
    case 'user':
      return 400
    case 'environment':
      return 503
    case 'bug':
      return 500
    default:
      return traits.kind satisfies never
  }
}

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  HTTP_BODY_INVALID: 400,
  HTTP_REQUEST_INVALID: 400,
  HTTP_MEDIA_TYPE_UNSUPPORTED: 415,
  HTTP_METHOD_NOT_ALLOWED: 405,
  HTTP_TOO_MANY_STREAMS: 429,
  AUTH_REQUIRED: 401,
  AUTH_REJECTED: 401,
  AUTH_FORBIDDEN: 403,
  AUTH_CROSS_SITE: 403,
  AUTH_TOO_MANY_FAILURES: 429,
  // The reference answers 422 when a flow is created twice.
  FLOW_EXISTS: 422,
  FLOW_IDENTITY_CHANGED: 422,
  FLOW_YAML_SYNTAX: 422,
  EXECUTION_BACKPRESSURE: 429,
  EXECUTION_FLOW_DISABLED: 409,
  EXECUTION_FLOW_UNAVAILABLE: 422,
  PLUGIN_VERSION_DRAINING: 409,
  PLUGIN_CHANGE_INCOMPLETE: 422,
  PLUGIN_MANAGEMENT_DISABLED: 403,
  PLUGIN_CUSTOM_DISABLED: 403,
  REGISTRY_UNREACHABLE: 502,
  REGISTRY_TIMEOUT: 504,
  REGISTRY_UNAUTHORIZED: 502,
}

const STATUS_BY_ENDING: readonly (readonly [string, number])[] = [
  ['_NOT_FOUND', 404],
  ['_UNKNOWN', 404],
  ['_NOT_INSTALLED', 404],
  ['_NOT_PUBLISHED', 404],
  ['_CONFLICT', 409],
  ['_EXISTS', 409],
  ['_IN_USE', 409],
  ['_TOO_LARGE', 413],
  ['_FORBIDDEN', 403],
  ['_DENIED', 403],
  ['_INVALID', 422],
  ['_MISMATCH', 422],
  ['_OVERLOADED', 503],
]

function headersOf(status: number): Readonly<Record<string, string>> {
  // Without a realm in Basic a browser would not ask; npm clients follow Bearer and Basic alike.
  if (status === 401) return { 'WWW-Authenticate': 'Basic realm="Pinion", charset="UTF-8"' }
  return status === 429 || status === 503 ? { 'Retry-After': String(RETRY_AFTER_S) } : {}
}

interface ToldError {
  readonly code: string
  readonly message: string
  readonly traits: ErrorTraits
  readonly hint?: string | undefined
  readonly at?: ErrorPlace | undefined
}

/** Ours, or of the same shape: `registry` has a class of its own. */
function isTold(error: unknown): error is ToldError {
  if (error instanceof PinionError) return true
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'traits' in error &&
    typeof error.traits === 'object' &&
    error.traits !== null &&
    'kind' in error.traits
  )
}

/** Rooms call their lists of faults by either name. */
function problemsOf(error: object): readonly Problem[] {
  const list: unknown = 'problems' in error ? error.problems : 'faults' in error ? error.faults : undefined
  return Array.isArray(list) ? list.filter(isProblem) : []
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string'
  )
}
