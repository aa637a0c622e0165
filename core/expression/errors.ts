import { type ErrorTraits, PinionError } from '../errors/index.ts'

export const EXPRESSION_ERRORS = {
  /** The text does not follow the grammar. */
  EXPRESSION_SYNTAX: { kind: 'user', retryable: false },
  /** No function, filter, test or tag has this name. */
  EXPRESSION_UNKNOWN_NAME: { kind: 'user', retryable: false },
  /** A function, filter or macro got too many, too few or misnamed arguments. */
  EXPRESSION_ARGUMENTS: { kind: 'user', retryable: false },
  /** A variable or attribute does not exist. */
  EXPRESSION_UNDEFINED: { kind: 'user', retryable: false },
  /** Every operand before `raise` was missing. */
  EXPRESSION_RAISED: { kind: 'user', retryable: false },
  /** A value has the wrong type or content for what is done with it. */
  EXPRESSION_VALUE: { kind: 'user', retryable: false },
  /** The template passed one of the bounds in limits.ts. */
  EXPRESSION_LIMIT: { kind: 'user', retryable: false },
  /** The function needs data that this place does not hand in. */
  EXPRESSION_UNAVAILABLE: { kind: 'user', retryable: false },
  /** The function may not be called in this place. */
  EXPRESSION_REFUSED: { kind: 'user', retryable: false },
  /** A data-access function failed; `cause` says why. */
  EXPRESSION_ACCESS_FAILED: { kind: 'environment', retryable: true },
  /** Evaluation failed in a way that it should not: a fault of ours. */
  EXPRESSION_INTERNAL: { kind: 'bug', retryable: false },
} as const satisfies Record<string, ErrorTraits>

export type ExpressionErrorCode = keyof typeof EXPRESSION_ERRORS

/** Where in a template's text something stands. Lines and columns are 1-based, offsets 0-based UTF-16 units. */
export interface TemplatePlace {
  readonly line: number
  readonly column: number
  readonly offset: number
  readonly length: number
  /** The piece of template at fault, at most some 60 characters. */
  readonly piece: string
  /** Property path of the value that holds the template, as in `headers.Authorization`; known to a CompiledValue only. */
  readonly path?: string
}

export interface ExpressionErrorOptions {
  readonly hint?: string | undefined
  readonly cause?: unknown
  readonly place?: TemplatePlace
}

/** One fault of a template, as `checkTemplate` lists them. */
export interface TemplateProblem extends TemplatePlace {
  readonly code: ExpressionErrorCode
  readonly message: string
  readonly hint?: string
}

/**
 * The only thing that compiling or rendering a template throws. `at` holds line and column inside the template, `place`
 * the piece at fault. `summary` is the message without the place.
 */
export class ExpressionError extends PinionError<ExpressionErrorCode> {
  readonly summary: string
  readonly place: TemplatePlace | undefined
  /** Every fault found in the text, this one first; empty when the fault showed up while rendering. */
  readonly problems: readonly TemplateProblem[]

  constructor(
    code: ExpressionErrorCode,
    summary: string,
    options: ExpressionErrorOptions = {},
    problems: readonly TemplateProblem[] = [],
  ) {
    const { place } = options
    super(code, EXPRESSION_ERRORS[code], place === undefined ? summary : `${summary} ${describe(place)}`, {
      ...(options.hint === undefined ? {} : { hint: options.hint }),
      ...(options.cause === undefined ? {} : { cause: options.cause }),
      ...(place === undefined
        ? {}
        : {
            at: {
              line: place.line,
              column: place.column,
              ...(place.path === undefined ? {} : { path: place.path }),
            },
          }),
    })
    this.summary = summary
    this.place = place
    this.problems = problems
  }

  /** The same fault with its place, unless it has one already: the innermost place is the most precise. */
  within(place: TemplatePlace): ExpressionError {
    if (this.place !== undefined) return this
    return this.#at(place)
  }

  /** The same fault with the property that the template stands in. */
  inProperty(path: string): ExpressionError {
    if (this.place === undefined || this.place.path !== undefined || path === '') return this
    return this.#at({ ...this.place, path })
  }

  #at(place: TemplatePlace): ExpressionError {
    const { hint, cause } = this
    return new ExpressionError(this.code, this.summary, { hint, cause, place }, this.problems)
  }
}

function describe(place: TemplatePlace): string {
  const property = place.path === undefined ? '' : ` of ${place.path}`
  return `(line ${place.line}, column ${place.column}${property}: ${place.piece})`
}
