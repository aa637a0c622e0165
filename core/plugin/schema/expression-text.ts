/**
 * Whether a text holds an expression, so that its value is known only once it is rendered. Shared with nobody on
 * purpose: the expression room parses, this only asks whether there is anything to parse.
 */
export function hasExpression(text: string): boolean {
  return text.includes('{{') || text.includes('{%')
}
