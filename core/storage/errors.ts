import { type ErrorOptions, type ErrorTraits, PinionError } from '../errors/index.ts'

export const STORAGE_ERRORS = {
  STORAGE_PATH_INVALID: { kind: 'user', retryable: false },
  STORAGE_URI_INVALID: { kind: 'user', retryable: false },
  STORAGE_RANGE_INVALID: { kind: 'user', retryable: false },
  STORAGE_NOT_FOUND: { kind: 'user', retryable: false },
  /** A file stands where a folder is needed, or the other way round. */
  STORAGE_CONFLICT: { kind: 'user', retryable: false },
  STORAGE_LISTING_TOO_LARGE: { kind: 'user', retryable: false },
  /** What was to be written broke off; nothing of it is kept. */
  STORAGE_WRITE_ABORTED: { kind: 'user', retryable: false },
  /** The disk is full, read-only, gone, or not ours. */
  STORAGE_UNAVAILABLE: { kind: 'environment', retryable: true },
} as const satisfies Record<string, ErrorTraits>

export type StorageErrorCode = keyof typeof STORAGE_ERRORS

/** What can go wrong with a file of internal storage. Names paths inside it, never where it lies on disk. */
export class StorageError extends PinionError<StorageErrorCode> {
  constructor(code: StorageErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, STORAGE_ERRORS[code], message, options)
  }
}
