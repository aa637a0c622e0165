/** Who must act: the caller (`user`), an operator or a retry (`environment`), or we (`bug`). */
export interface ErrorTraits {
  readonly kind: 'user' | 'environment' | 'bug'
  readonly retryable: boolean
}

/** Every code of this room. A code's meaning never changes and a code is never reused. */
export const REGISTRY_ERRORS = {
  REGISTRY_UNREACHABLE: { kind: 'environment', retryable: true },
  REGISTRY_TIMEOUT: { kind: 'environment', retryable: true },
  REGISTRY_UNAUTHORIZED: { kind: 'environment', retryable: false },
  REGISTRY_ANSWER_INVALID: { kind: 'environment', retryable: false },
  REGISTRY_CONFIGURATION_INVALID: { kind: 'environment', retryable: false },
  REGISTRY_PACKAGE_NOT_FOUND: { kind: 'user', retryable: false },
  REGISTRY_VERSION_NOT_FOUND: { kind: 'user', retryable: false },
  REGISTRY_INTEGRITY_MISMATCH: { kind: 'environment', retryable: false },
  REGISTRY_INTEGRITY_MISSING: { kind: 'environment', retryable: false },
  REGISTRY_TARBALL_TOO_LARGE: { kind: 'user', retryable: false },
  REGISTRY_TARBALL_CORRUPT: { kind: 'user', retryable: false },
  REGISTRY_TARBALL_PATH_UNSAFE: { kind: 'user', retryable: false },
  REGISTRY_TARBALL_ENTRY_TYPE: { kind: 'user', retryable: false },
  REGISTRY_TARBALL_DUPLICATE_PATH: { kind: 'user', retryable: false },
  REGISTRY_TARBALL_TOO_MANY_ENTRIES: { kind: 'user', retryable: false },
  REGISTRY_TARBALL_FILE_TOO_LARGE: { kind: 'user', retryable: false },
  REGISTRY_TARBALL_UNPACKED_TOO_LARGE: { kind: 'user', retryable: false },
  REGISTRY_TARBALL_RATIO: { kind: 'user', retryable: false },
  REGISTRY_DATA_IN_USE: { kind: 'environment', retryable: true },
  REGISTRY_START_FAILED: { kind: 'environment', retryable: true },
  REGISTRY_CLOSED: { kind: 'bug', retryable: false },
} as const satisfies Record<string, ErrorTraits>

export type RegistryErrorCode = keyof typeof REGISTRY_ERRORS

export function isRegistryErrorCode(code: string): code is RegistryErrorCode {
  return Object.hasOwn(REGISTRY_ERRORS, code)
}

/** What the embedded registry answers an npm client in `code`; the client prints the message beside it. */
export const REGISTRY_REFUSALS = {
  BODY_INVALID: { kind: 'user', retryable: false },
  BODY_TOO_DEEP: { kind: 'user', retryable: false },
  BODY_TOO_LARGE: { kind: 'user', retryable: false },
  CHANGE_UNKNOWN: { kind: 'user', retryable: false },
  DIST_TAG_INVALID: { kind: 'user', retryable: false },
  DIST_TAG_NEEDED: { kind: 'user', retryable: false },
  DIST_TAG_UNKNOWN: { kind: 'user', retryable: false },
  HOST_INVALID: { kind: 'user', retryable: false },
  INSPECTION_TOO_SLOW: { kind: 'environment', retryable: true },
  LOGIN_INVALID: { kind: 'user', retryable: false },
  LOGIN_REFUSED: { kind: 'user', retryable: false },
  NAME_BELONGS_TO_OTHER: { kind: 'user', retryable: false },
  NAME_BELONGS_TO_UPLINK: { kind: 'user', retryable: false },
  NOT_LOGGED_IN: { kind: 'user', retryable: false },
  NOT_OFFERED: { kind: 'user', retryable: false },
  NOT_THE_PARENT: { kind: 'bug', retryable: false },
  PACKAGE_NAME_INVALID: { kind: 'user', retryable: false },
  PACKAGE_REJECTED: { kind: 'user', retryable: false },
  PACKAGE_UNKNOWN: { kind: 'user', retryable: false },
  PATH_INVALID: { kind: 'user', retryable: false },
  PUBLISH_INVALID: { kind: 'user', retryable: false },
  PUBLISH_NOT_ALLOWED: { kind: 'user', retryable: false },
  REGISTRY_FAILED: { kind: 'bug', retryable: false },
  REGISTRY_RESTARTING: { kind: 'environment', retryable: true },
  REGISTRY_SILENT: { kind: 'environment', retryable: true },
  REVISION_OUTDATED: { kind: 'user', retryable: true },
  TARBALL_CONTRADICTS_PUBLISH: { kind: 'user', retryable: false },
  TARBALL_IN_USE: { kind: 'user', retryable: false },
  TARBALL_TOO_LARGE: { kind: 'user', retryable: false },
  TARBALL_WITHOUT_PACKAGE_JSON: { kind: 'user', retryable: false },
  TOO_MANY_VERSIONS: { kind: 'user', retryable: false },
  TOO_MANY_WRITES: { kind: 'environment', retryable: true },
  UNPUBLISH_NEEDS_ADMIN: { kind: 'user', retryable: false },
  UNPUBLISH_REFUSED: { kind: 'user', retryable: false },
  UNPUBLISH_UNDECIDED: { kind: 'environment', retryable: true },
  VERSION_EXISTS: { kind: 'user', retryable: false },
  VERSION_UNKNOWN: { kind: 'user', retryable: false },
  VERSION_WAS_UNPUBLISHED: { kind: 'user', retryable: false },
} as const satisfies Record<string, ErrorTraits>

/** A tarball that is refused answers with the code of what is wrong with it. */
export type RefusalCode = keyof typeof REGISTRY_REFUSALS | RegistryErrorCode

/** Where the fault stands: the `repository` that was asked, the tarball `entry`, the `file`. */
export interface RegistryErrorPlace {
  readonly repository?: string
  readonly entry?: string
  readonly file?: string
}

export interface RegistryErrorOptions {
  /** What to do about it, as a sentence. */
  readonly hint?: string
  readonly at?: RegistryErrorPlace
  readonly cause?: unknown
}

/** The one error of this room, of the shape that every room's errors have (code, traits, message, hint, at, cause). */
export class RegistryError extends Error {
  readonly code: RegistryErrorCode
  readonly traits: ErrorTraits
  readonly hint: string | undefined
  readonly at: RegistryErrorPlace | undefined

  constructor(code: RegistryErrorCode, message: string, options: RegistryErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'RegistryError'
    this.code = code
    this.traits = REGISTRY_ERRORS[code]
    this.hint = options.hint
    this.at = options.at
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The `code` of a system or library error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
