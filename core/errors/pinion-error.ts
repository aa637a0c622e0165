/** Who must act: the caller (`user`), an operator or a retry (`environment`), or we (`bug`). */
export interface ErrorTraits {
  readonly kind: 'user' | 'environment' | 'bug'
  readonly retryable: boolean
}

/** The code of whatever was thrown without one of its own. */
export const CORE_ERRORS = {
  INTERNAL: { kind: 'bug', retryable: false },
} as const satisfies Record<string, ErrorTraits>

/** Where in an input the fault stands. `line` and `column` are 1-based; `path` is a property path like `tasks[2].type`. */
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

/** The shape in which an error crosses a process or a wire. Never holds a stack. */
export interface SerializedError {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly at?: ErrorPlace
}

/**
 * The one shape of every error that can reach a person. Each room derives a class of its own from it and owns a
 * table of codes; a code's meaning never changes.
 */
export class PinionError<Code extends string = string> extends Error {
  readonly code: Code
  readonly traits: ErrorTraits
  readonly hint: string | undefined
  readonly at: ErrorPlace | undefined

  constructor(code: Code, traits: ErrorTraits, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.traits = traits
    this.hint = options.hint
    this.at = options.at
  }
}

/** Flattens any thrown value to what may be shown; an unknown error keeps its message only. */
export function serializeError(error: unknown): SerializedError {
  if (error instanceof PinionError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.at === undefined ? {} : { at: error.at }),
    }
  }
  const code: keyof typeof CORE_ERRORS = 'INTERNAL'
  return { code, message: error instanceof Error ? error.message : String(error) }
}
