import { type ErrorOptions, type ErrorTraits, PinionError } from '../errors/index.ts'

export const IDENTITY_ERRORS = {
  /** Something about the user or token to be made is not acceptable; `problems` lists all of it. */
  IDENTITY_INPUT_INVALID: { kind: 'user', retryable: false },
  IDENTITY_USERNAME_TAKEN: { kind: 'user', retryable: false },
  IDENTITY_USER_NOT_FOUND: { kind: 'user', retryable: false },
  /** More passwords are being checked than this process takes on. */
  IDENTITY_BUSY: { kind: 'environment', retryable: true },
} as const satisfies Record<string, ErrorTraits>

export type IdentityErrorCode = keyof typeof IDENTITY_ERRORS

export interface IdentityProblem {
  readonly field: 'username' | 'password' | 'name' | 'expiresAtMs'
  readonly message: string
}

/** What can go wrong with users and tokens. Never holds a password or a token's text. */
export class IdentityError extends PinionError<IdentityErrorCode> {
  readonly problems: readonly IdentityProblem[]

  constructor(
    code: IdentityErrorCode,
    message: string,
    options: ErrorOptions & { readonly problems?: readonly IdentityProblem[] } = {},
  ) {
    super(code, IDENTITY_ERRORS[code], message, options)
    this.problems = options.problems ?? []
  }
}
