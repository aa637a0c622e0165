/** One operator as the parser, the reference page and the editor know it. A higher precedence binds tighter. */
export interface OperatorDefinition {
  readonly symbol: string
  readonly kind: 'binary' | 'prefix' | 'test' | 'filter' | 'conditional'
  readonly precedence: number
  readonly summary: string
  readonly examples: readonly { readonly template: string; readonly output: string }[]
}

/**
 * Precedences are Pebble's (its CoreExtension, and the reference's own `??` and `???`), not those of the reference's
 * docs page, which leaves out that `~`, `..`, `??` and `???` bind tighter than a filter's `|`.
 */
export const OPERATORS = [
  {
    symbol: '? :',
    kind: 'conditional',
    precedence: 0,
    summary: 'The second operand if the first is true, else the third. The one not taken is not evaluated.',
    examples: [{ template: '{{ 1 > 2 ? "a" : "b" }}', output: 'b' }],
  },
  {
    symbol: 'or',
    kind: 'binary',
    precedence: 10,
    summary: 'True if either operand is; the right one is looked at only if the left is false.',
    examples: [{ template: '{{ false or true }}', output: 'true' }],
  },
  {
    symbol: 'and',
    kind: 'binary',
    precedence: 15,
    summary: 'True if both operands are; the right one is looked at only if the left is true.',
    examples: [{ template: '{{ true and false }}', output: 'false' }],
  },
  {
    symbol: 'is',
    kind: 'test',
    precedence: 20,
    summary: 'Applies a test to the left operand.',
    examples: [{ template: '{{ 2 is even }}', output: 'true' }],
  },
  {
    symbol: 'is not',
    kind: 'test',
    precedence: 20,
    summary: 'The opposite of a test.',
    examples: [{ template: '{{ 3 is not even }}', output: 'true' }],
  },
  {
    symbol: 'contains',
    kind: 'binary',
    precedence: 20,
    summary: 'True if a list has the item (or all items of a list), a map the key, a text the piece of text.',
    examples: [
      { template: '{{ ["apple", "pear"] contains "pear" }}', output: 'true' },
      { template: '{{ {"a": 1} contains "b" }}', output: 'false' },
    ],
  },
  {
    symbol: 'isIn',
    kind: 'binary',
    precedence: 20,
    summary: 'True if the left operand equals an item of the list on the right.',
    examples: [{ template: '{{ "SUCCESS" isIn ["SUCCESS", "WARNING"] }}', output: 'true' }],
  },
  {
    symbol: 'isNotIn',
    kind: 'binary',
    precedence: 20,
    summary: 'The opposite of isIn.',
    examples: [{ template: '{{ "FAILED" isNotIn ["SUCCESS", "WARNING"] }}', output: 'true' }],
  },
  {
    symbol: '==',
    kind: 'binary',
    precedence: 30,
    summary: 'Equal: numbers by value whatever their type, lists and maps by content, dates by instant.',
    examples: [{ template: '{{ 1 == 1.0 }}', output: 'true' }],
  },
  {
    symbol: 'equals',
    kind: 'binary',
    precedence: 30,
    summary: 'The same as ==.',
    examples: [{ template: '{{ "a" equals "a" }}', output: 'true' }],
  },
  {
    symbol: '!=',
    kind: 'binary',
    precedence: 30,
    summary: 'Not equal.',
    examples: [{ template: '{{ 1 != 2 }}', output: 'true' }],
  },
  {
    symbol: '<',
    kind: 'binary',
    precedence: 30,
    summary: 'Less: of two numbers, two texts (by character) or two dates.',
    examples: [{ template: '{{ 2 < 10 }}', output: 'true' }],
  },
  {
    symbol: '>',
    kind: 'binary',
    precedence: 30,
    summary: 'Greater.',
    examples: [{ template: '{{ 2 > 10 }}', output: 'false' }],
  },
  {
    symbol: '<=',
    kind: 'binary',
    precedence: 30,
    summary: 'Less or equal.',
    examples: [{ template: '{{ 3 <= 3 }}', output: 'true' }],
  },
  {
    symbol: '>=',
    kind: 'binary',
    precedence: 30,
    summary: 'Greater or equal.',
    examples: [{ template: '{{ 2 >= 3 }}', output: 'false' }],
  },
  {
    symbol: '+',
    kind: 'binary',
    precedence: 40,
    summary:
      'Sum of numbers. A text on either side makes it a concatenation; a list on the left is extended.',
    examples: [
      { template: '{{ 72 + 95 }}', output: '167' },
      { template: '{{ "a" + 1 }}', output: 'a1' },
    ],
  },
  {
    symbol: '-',
    kind: 'binary',
    precedence: 40,
    summary: 'Difference of numbers; a list on the left loses the item or items on the right.',
    examples: [{ template: '{{ 5 - 7 }}', output: '-2' }],
  },
  {
    symbol: '*',
    kind: 'binary',
    precedence: 60,
    summary: 'Product of numbers.',
    examples: [{ template: '{{ 6 * 7 }}', output: '42' }],
  },
  {
    symbol: '/',
    kind: 'binary',
    precedence: 60,
    summary: 'Quotient; of two integers the integer part, as in Java.',
    examples: [
      { template: '{{ 7 / 2 }}', output: '3' },
      { template: '{{ 7 / 2.0 }}', output: '3.5' },
    ],
  },
  {
    symbol: '%',
    kind: 'binary',
    precedence: 60,
    summary: 'Remainder, with the sign of the left operand.',
    examples: [{ template: '{{ 10 % 3 }}', output: '1' }],
  },
  {
    symbol: '|',
    kind: 'filter',
    precedence: 100,
    summary: 'Applies a filter to the left operand. Filters apply left to right.',
    examples: [{ template: '{{ " a " | trim | upper }}', output: 'A' }],
  },
  {
    symbol: '~',
    kind: 'binary',
    precedence: 110,
    summary: 'Concatenation of two values as text. Binds tighter than a filter.',
    examples: [{ template: '{{ "a" ~ "b" | upper }}', output: 'AB' }],
  },
  {
    symbol: '..',
    kind: 'binary',
    precedence: 120,
    summary:
      'List of the integers, or of the characters, from the left operand up to and with the right one.',
    examples: [{ template: '{{ 1..3 | join(",") }}', output: '1,2,3' }],
  },
  {
    symbol: '??',
    kind: 'binary',
    precedence: 120,
    summary:
      'The left operand unless it is null or undefined, else the right one. Binds tighter than a filter. `raise` as the last operand makes a missing value an error.',
    examples: [{ template: '{{ missing ?? null ?? "x" | upper }}', output: 'X' }],
  },
  {
    symbol: '???',
    kind: 'binary',
    precedence: 120,
    summary: 'The left operand unless it is undefined (null stays), else the right one.',
    examples: [{ template: '[{{ null ??? "x" }}{{ missing ??? "y" }}]', output: '[y]' }],
  },
  {
    symbol: 'not',
    kind: 'prefix',
    precedence: 500,
    summary:
      'True if the operand is false. Binds tighter than any other operator: bracket what it should cover.',
    examples: [{ template: '{{ not (1 == 2) }}', output: 'true' }],
  },
  {
    symbol: '-',
    kind: 'prefix',
    precedence: 500,
    summary: 'Changes the sign.',
    examples: [{ template: '{{ -7 | abs }}', output: '7' }],
  },
  {
    symbol: '+',
    kind: 'prefix',
    precedence: 500,
    summary: 'Leaves a number as it is.',
    examples: [{ template: '{{ +7 }}', output: '7' }],
  },
] as const satisfies readonly OperatorDefinition[]

type OperatorOf<Kind> = Extract<(typeof OPERATORS)[number], { readonly kind: Kind }>
export type BinaryOperator = OperatorOf<'binary'>['symbol']
export type PrefixOperator = OperatorOf<'prefix'>['symbol']

/** Infix operators by symbol. `is not` is read as `is` followed by `not`. */
export const INFIX_OPERATORS: ReadonlyMap<string, OperatorOf<'binary' | 'test' | 'filter'>> = new Map(
  OPERATORS.flatMap((operator) =>
    operator.kind === 'prefix' || operator.kind === 'conditional'
      ? []
      : [[operator.symbol, operator] as const],
  ),
)

export const PREFIX_OPERATORS: ReadonlyMap<string, OperatorOf<'prefix'>> = new Map(
  OPERATORS.flatMap((operator) => (operator.kind === 'prefix' ? [[operator.symbol, operator] as const] : [])),
)
