import { type ErrorOptions, type ErrorTraits, PinionError } from '@pinion/core/errors'

export const PACK_ERRORS = {
  /** The folder is no workspace package. */
  PACK_PACKAGE_INVALID: { kind: 'user', retryable: false },
  /** The compiler did not emit what the package's doors need. */
  PACK_EMIT_INCOMPLETE: { kind: 'user', retryable: false },
  /** npm could not make the archive. */
  PACK_ARCHIVE_FAILED: { kind: 'environment', retryable: true },
} as const satisfies Record<string, ErrorTraits>
export type PackErrorCode = keyof typeof PACK_ERRORS

export class PackError extends PinionError<PackErrorCode> {
  constructor(code: PackErrorCode, message: string, options?: ErrorOptions) {
    super(code, PACK_ERRORS[code], message, options)
  }
}
