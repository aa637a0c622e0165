import { findProblems } from '../compile/compiler.ts'
import { toExpressionError } from '../compile/context.ts'
import type { TemplateProblem } from '../errors.ts'
import { hasDelimiter } from '../syntax/lexer.ts'
import { placeAt } from '../syntax/place.ts'

/**
 * All faults of a text that can be known without rendering it: grammar, unknown names, wrong arguments. In the order of the
 * text; empty if there are none. For flow validation and the editor.
 */
export function checkTemplate(text: string): readonly TemplateProblem[] {
  if (!hasDelimiter(text)) return []
  try {
    return findProblems(text).sorted
  } catch (error) {
    const { code, summary, hint } = toExpressionError(error)
    return [
      { code, message: summary, ...(hint === undefined ? {} : { hint }), ...placeAt(text, 0, text.length) },
    ]
  }
}
