import type { Scope } from './scope.ts'

/** A text that may hold expressions, compiled once and cached by text. */
export interface CompiledTemplate {
  readonly text: string
  /** True: no expression in it; `render` gives the text back. */
  readonly isLiteral: boolean
  /** A promise only if a data-access function was called. @throws ExpressionError with line, column and hint */
  render(scope: Scope): string | Promise<string>
  /** For a text that is one `{{ … }}` and nothing else: its value with its type; otherwise the rendered text. */
  evaluate(scope: Scope): unknown
}

/** A JSON value whose texts may hold expressions, compiled once; keys may hold them too. */
export interface CompiledValue {
  /** The value as written. */
  readonly written: unknown
  readonly isLiteral: boolean
  /** The value with every text rendered to text. The same object for a literal: do not change it. */
  render(scope: Scope): unknown | Promise<unknown>
}
