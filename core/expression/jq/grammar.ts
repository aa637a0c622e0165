import type { JqAssignment, JqNode, JqOperator } from './tree.ts'

interface BinaryRule {
  readonly precedence: number
  readonly associates: 'left' | 'right' | 'none'
}

/** Binary operators, the loosest first. */
export const BINARY: ReadonlyMap<string, BinaryRule> = new Map([
  ...rules(2, 'right', ['//', '?//']),
  ...rules(3, 'none', ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//=']),
  ...rules(4, 'left', ['or']),
  ...rules(5, 'left', ['and']),
  ...rules(6, 'none', ['==', '!=', '<', '<=', '>', '>=']),
  ...rules(7, 'left', ['+', '-']),
  ...rules(8, 'left', ['*', '/', '%']),
])

function rules(precedence: number, associates: BinaryRule['associates'], symbols: readonly string[]) {
  return symbols.map((symbol): readonly [string, BinaryRule] => [symbol, { precedence, associates }])
}

/** Names that are no functions. */
export const KEYWORDS: ReadonlySet<string> = new Set([
  'def',
  'if',
  'then',
  'elif',
  'else',
  'end',
  'as',
  'reduce',
  'foreach',
  'try',
  'catch',
  'label',
  'import',
  'include',
  'and',
  'or',
])

/** The node of a binary operator. */
export function joined(operator: string, left: JqNode, right: JqNode): JqNode {
  if (operator === '//') return { type: 'alternative', left, right }
  // `.a?//1` is read as one token, which patterns use; here it is what it looks like.
  if (operator === '?//')
    return { type: 'alternative', left: { type: 'try', body: left, handler: undefined }, right }
  if (operator === 'and' || operator === 'or') return { type: 'logic', operator, left, right }
  return isAssignment(operator)
    ? { type: 'assign', operator, target: left, value: right }
    : { type: 'binary', operator: binaryOperator(operator), left, right }
}

const ASSIGNMENTS: readonly string[] = [
  '=',
  '|=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '//=',
] satisfies JqAssignment[]
const OPERATORS = ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>='] as const

function isAssignment(operator: string): operator is JqAssignment {
  return ASSIGNMENTS.includes(operator)
}

function binaryOperator(symbol: string): JqOperator {
  const operator = OPERATORS.find((candidate) => candidate === symbol)
  if (operator === undefined) throw new Error(`"${symbol}" has a precedence but no operation.`)
  return operator
}
