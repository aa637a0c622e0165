import { type ErrorOptions, type ErrorTraits, PinionError } from '../errors/index.ts'

export const STORE_ERRORS = {
  /** Another came first: the id, name or revision is taken, or the row is gone. Nothing was written. */
  STORE_CONFLICT: { kind: 'user', retryable: false },
  /** A value is larger, or a key longer, than the store keeps. Nothing was written. */
  STORE_VALUE_TOO_LARGE: { kind: 'user', retryable: false },
  /** No answer from the database, or not in time. A write in flight may have happened or not. */
  STORE_UNREACHABLE: { kind: 'environment', retryable: true },
  /** Others held the rows for too long, and trying again did not help. Nothing was written. */
  STORE_BUSY: { kind: 'environment', retryable: true },
  /** The tables could not be brought up to this release. */
  STORE_MIGRATION_FAILED: { kind: 'environment', retryable: false },
  /** The tables were written by a newer release than this one. */
  STORE_SCHEMA_NEWER: { kind: 'environment', retryable: false },
  /** What was read is not what this store writes. */
  STORE_CORRUPT: { kind: 'environment', retryable: false },
  /** Used after `close`. */
  STORE_CLOSED: { kind: 'bug', retryable: false },
  /** The database refused a statement of ours. */
  STORE_QUERY_FAILED: { kind: 'bug', retryable: false },
} as const satisfies Record<string, ErrorTraits>

export type StoreErrorCode = keyof typeof STORE_ERRORS

/** What can go wrong between a repository and its database. Never holds a row's values beyond its key. */
export class StoreError extends PinionError<StoreErrorCode> {
  constructor(code: StoreErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, STORE_ERRORS[code], message, options)
  }
}

export function isStoreError(error: unknown, code: StoreErrorCode): error is StoreError {
  return error instanceof StoreError && error.code === code
}
