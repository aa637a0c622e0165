import { ExpressionError, type ExpressionErrorCode, type TemplateProblem } from '../errors.ts'
import { MAX_PROBLEMS } from '../limits.ts'
import { placeAt } from './place.ts'

/** Thrown inside the parser to leave the expression at fault; never leaves it. */
export class SyntaxFault extends Error {
  readonly code: ExpressionErrorCode
  readonly start: number
  readonly end: number
  readonly hint: string | undefined

  constructor(code: ExpressionErrorCode, message: string, start: number, end: number, hint?: string) {
    super(message)
    this.code = code
    this.start = start
    this.end = end
    this.hint = hint
  }
}

/** Collects the faults of one text, so that all are reported at once and in the order of the text. */
export class ProblemList {
  readonly #text: string
  readonly #problems: TemplateProblem[] = []

  constructor(text: string) {
    this.#text = text
  }

  add(fault: SyntaxFault): void {
    // An expression may be compiled twice, for its text and for its value.
    const isKnown = this.#problems.some(
      ({ offset, message }) => offset === fault.start && message === fault.message,
    )
    if (isKnown || this.#problems.length >= MAX_PROBLEMS) return
    this.#problems.push({
      code: fault.code,
      message: fault.message,
      ...(fault.hint === undefined ? {} : { hint: fault.hint }),
      ...placeAt(this.#text, fault.start, fault.end),
    })
  }

  /** Runs one step of parsing; a fault in it is noted, anything else passes through. */
  attempt<T>(step: () => T): T | undefined {
    try {
      return step()
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      this.add(error)
      return undefined
    }
  }

  get sorted(): readonly TemplateProblem[] {
    return this.#problems.toSorted((a, b) => a.offset - b.offset)
  }

  /** @throws ExpressionError for the first fault, with all of them in `problems` */
  throwIfAny(): void {
    const problems = this.sorted
    const [first] = problems
    if (first === undefined) return
    const { code, message, hint, ...place } = first
    throw new ExpressionError(code, message, { hint, place }, problems)
  }
}
