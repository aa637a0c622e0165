/** Who must act: the author (`user`), an operator or a retry (`environment`), or we (`bug`). */
export interface ErrorTraits {
  readonly kind: 'user' | 'environment' | 'bug'
  readonly retryable: boolean
}

/**
 * Where in an input the fault stands. `line` and `column` are 1-based; `path` is a property path like
 * `tasks[2].type`.
 */
export interface ErrorPlace {
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly path?: string
}

export interface ErrorOptions {
  /** What to do about it, as a sentence. */
  readonly hint?: string
  readonly at?: ErrorPlace
  readonly cause?: unknown
}

const USER = { kind: 'user', retryable: false } as const

export const SDK_ERRORS = {
  /** The project has faults; `faults` lists them all. */
  PLUGIN_BUILD_REFUSED: USER,
  /** The folder holds no plugin project. */
  PLUGIN_PROJECT_NOT_FOUND: USER,
  /** A name, group or address for the new project is not usable. */
  PLUGIN_SCAFFOLD_REFUSED: USER,
  /** The folder for the new project holds files already. */
  PLUGIN_SCAFFOLD_FOLDER_NOT_EMPTY: USER,
  /** A test handed a task properties that its schema refuses. */
  PLUGIN_TEST_PROPERTIES_INVALID: USER,
  /** A task under test returned outputs that its schema refuses. */
  PLUGIN_TEST_OUTPUTS_INVALID: USER,
  /** A test used what the fake context has not been given. */
  PLUGIN_TEST_CONTEXT_LACKS: USER,
  /** The TypeScript compiler could not be started. */
  PLUGIN_COMPILER_MISSING: { kind: 'environment', retryable: false },
} as const satisfies Record<string, ErrorTraits>
export type SdkErrorCode = keyof typeof SDK_ERRORS

/** An error of the SDK; of the same shape as every error of the platform. */
export class SdkError extends Error {
  readonly code: SdkErrorCode
  readonly traits: ErrorTraits
  readonly hint: string | undefined
  readonly at: ErrorPlace | undefined

  constructor(code: SdkErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.traits = SDK_ERRORS[code]
    this.hint = options.hint
    this.at = options.at
  }
}

/** What a fault in a plugin project can be. A code's meaning never changes. */
export const BUILD_FAULTS = {
  BUILD_BUNDLE_FAILED: USER,
  BUILD_BUNDLE_TOO_LARGE: USER,
  BUILD_CODE_MISSING: USER,
  BUILD_DEFAULT_EXPORT_MISSING: USER,
  BUILD_DEFAULT_INVALID: USER,
  BUILD_DOCS_INVALID: USER,
  BUILD_EXAMPLE_INVALID: USER,
  BUILD_EXAMPLE_MISSING: USER,
  BUILD_GROUP_MISSING: USER,
  BUILD_ICON_INVALID: USER,
  BUILD_ICON_MISSING: USER,
  BUILD_KIND_MISMATCH: USER,
  BUILD_LAYOUT_MIXED: USER,
  BUILD_NO_TYPES: USER,
  BUILD_PACKAGE_INVALID: USER,
  BUILD_PROPERTY_RESERVED: USER,
  BUILD_SCHEMA_INVALID: USER,
  BUILD_SCHEMA_MISSING: USER,
  BUILD_SUBGROUP_UNKNOWN: USER,
  BUILD_SYNTAX: USER,
  BUILD_TITLE_MISSING: USER,
  BUILD_TOO_LARGE: USER,
  BUILD_TYPE_CONFLICT: USER,
  BUILD_TYPE_DISAGREEMENT: USER,
  BUILD_TYPE_ID_INVALID: USER,
} as const satisfies Record<string, ErrorTraits>
export type BuildFaultCode = keyof typeof BUILD_FAULTS

/** One reason why a plugin does not build. `file` is relative to the project; `line` and `column` are 1-based. */
export interface BuildFault {
  readonly code: BuildFaultCode
  readonly message: string
  readonly hint?: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Thrown by a build: every fault of the project at once, in the order of file and line. */
export class BuildRefusedError extends SdkError {
  readonly faults: readonly BuildFault[]

  constructor(faults: readonly BuildFault[]) {
    const [first] = faults
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : ''
    super('PLUGIN_BUILD_REFUSED', `The plugin does not build: ${first?.message ?? 'unknown fault'}${more}`, {
      ...(first === undefined ? {} : { at: { file: first.file, line: first.line, column: first.column } }),
      ...(first?.hint === undefined ? {} : { hint: first.hint }),
    })
    this.faults = faults
  }
}
