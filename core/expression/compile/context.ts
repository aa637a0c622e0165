import { ExpressionError } from '../errors.ts'
import { placeAt } from '../syntax/place.ts'
import { type ProblemList, SyntaxFault } from '../syntax/problem-list.ts'
import type { Body, Expression, Span } from '../syntax/tree.ts'
import { UnitNames } from './names.ts'
import type { Evaluator, Executor, MacroUnit } from './rendering.ts'

/** A macro that can be called before it is compiled: macros may call each other. */
export interface MacroReference {
  unit: MacroUnit | undefined
}

/** Handed in, so that the files for calls and linking need not import those that import them. */
export interface Compilers {
  /** A value that must be there. */
  expression(expression: Expression, context: CompileContext): Evaluator
  /** A value that may be missing: undefined then. */
  optional(expression: Expression, context: CompileContext): Evaluator
  body(body: Body, context: CompileContext): Executor
}

/** What the compiling of one template shares. */
export class CompileContext {
  readonly text: string
  readonly problems: ProblemList
  readonly compilers: Compilers
  /** Macros defined in this template, by name. */
  readonly macros = new Map<string, MacroReference>()
  /** Names of macros that `from` brings in, and of namespaces that `import … as` does. */
  readonly importedNames = new Set<string>()
  /** True: `import` without `as` brings in macros whose names are known only when rendering. */
  importsUnknownMacros = false
  names = new UnitNames()

  constructor(text: string, problems: ProblemList, compilers: Compilers) {
    this.text = text
    this.problems = problems
    this.compilers = compilers
  }

  /** Notes a fault; the template is refused once all are found. */
  problem(fault: SyntaxFault): void {
    this.problems.add(fault)
  }

  /** Any thrown value as an ExpressionError that knows where in the template it happened. */
  locate(error: unknown, span: Span): ExpressionError {
    const place = placeAt(this.text, span.start, span.end)
    return toExpressionError(error).within(place)
  }

  /** Compiles a unit with local variables of its own. */
  inNewUnit<T>(step: (names: UnitNames) => T): T {
    const outer = this.names
    this.names = new UnitNames()
    const result = step(this.names)
    this.names = outer
    return result
  }
}

/** Nothing but ExpressionError leaves an expression: a stack that overflowed is a bound too, all else is our fault. */
export function toExpressionError(error: unknown): ExpressionError {
  if (error instanceof ExpressionError) return error
  if (error instanceof SyntaxFault)
    return new ExpressionError(error.code, error.message, { hint: error.hint })
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return new ExpressionError('EXPRESSION_LIMIT', 'The template nests deeper than can be evaluated.')
  }
  const message = error instanceof Error ? error.message : String(error)
  return new ExpressionError('EXPRESSION_INTERNAL', `The expression could not be evaluated: ${message}`, {
    cause: error,
  })
}
