import { type ErrorOptions, type ErrorTraits, PinionError } from '../errors/index.ts'

export const NAMESPACE_ERRORS = {
  /** The error carries every fault: see {@link NamespaceError.faults}. */
  NAMESPACE_INVALID: { kind: 'user', retryable: false },
} as const satisfies Record<string, ErrorTraits>

export type NamespaceErrorCode = keyof typeof NAMESPACE_ERRORS

export interface NamespaceFault {
  /** Such as `pluginDefaults[2].type`. */
  readonly path: string
  readonly message: string
}

export class NamespaceError extends PinionError<NamespaceErrorCode> {
  readonly faults: readonly NamespaceFault[]

  constructor(
    code: NamespaceErrorCode,
    message: string,
    options: ErrorOptions & { readonly faults?: readonly NamespaceFault[] } = {},
  ) {
    super(code, NAMESPACE_ERRORS[code], message, options)
    this.faults = options.faults ?? []
  }
}
