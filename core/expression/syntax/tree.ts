import type { BinaryOperator, PrefixOperator } from './operators.ts'

/** Every node knows its span of the template's text, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** `depth`: of the tree below, for the bound on evaluation's recursion. */
interface ExpressionBase extends Span {
  readonly depth: number
}

export interface NamedArgument extends Span {
  readonly name: string
  readonly value: Expression
}

export interface Arguments extends Span {
  readonly positional: readonly Expression[]
  readonly named: readonly NamedArgument[]
}

export type Expression = ExpressionBase &
  (
    | { readonly type: 'literal'; readonly value: unknown }
    | { readonly type: 'name'; readonly name: string }
    | { readonly type: 'attribute'; readonly object: Expression; readonly name: string }
    | { readonly type: 'subscript'; readonly object: Expression; readonly key: Expression }
    | { readonly type: 'list'; readonly items: readonly Expression[] }
    | { readonly type: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
    | { readonly type: 'interpolation'; readonly parts: readonly Expression[] }
    | { readonly type: 'prefix'; readonly operator: PrefixOperator; readonly operand: Expression }
    | {
        readonly type: 'binary'
        readonly operator: BinaryOperator
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly type: 'conditional'
        readonly condition: Expression
        readonly whenTrue: Expression
        readonly whenFalse: Expression
      }
    | {
        readonly type: 'filter'
        readonly input: Expression
        readonly filter: FilterCall
      }
    | {
        readonly type: 'test'
        readonly operand: Expression
        readonly name: string
        readonly nameSpan: Span
        readonly isNegated: boolean
        readonly arguments: Arguments
      }
    | {
        readonly type: 'call'
        /** Name under which `{% import … as name %}` brought in the macro. */
        readonly namespace: string | undefined
        readonly name: string
        readonly nameSpan: Span
        readonly arguments: Arguments
      }
  )

export interface FilterCall extends Span {
  readonly name: string
  readonly nameSpan: Span
  readonly arguments: Arguments
}

export type Body = readonly Statement[]

export interface Parameter extends Span {
  readonly name: string
  readonly defaultValue: Expression | undefined
}

export interface Condition {
  readonly condition: Expression
  readonly body: Body
}

export type Statement = Span &
  (
    | { readonly type: 'text'; readonly text: string }
    | { readonly type: 'print'; readonly expression: Expression }
    | { readonly type: 'if'; readonly branches: readonly Condition[]; readonly otherwise: Body }
    | {
        readonly type: 'for'
        readonly variable: string
        readonly items: Expression
        readonly body: Body
        readonly otherwise: Body
      }
    | { readonly type: 'set'; readonly variable: string; readonly value: Expression }
    | {
        readonly type: 'macro'
        readonly name: string
        readonly parameters: readonly Parameter[]
        readonly body: Body
      }
    | { readonly type: 'block'; readonly name: string; readonly body: Body }
    | { readonly type: 'filtered'; readonly filters: readonly FilterCall[]; readonly body: Body }
    | { readonly type: 'extends'; readonly template: Expression }
    | { readonly type: 'include'; readonly template: Expression; readonly variables: Expression | undefined }
    | { readonly type: 'embed'; readonly template: Expression; readonly body: Body }
    /** `namespace` undefined: all macros become callable by their own names. */
    | { readonly type: 'import'; readonly template: Expression; readonly namespace: string | undefined }
    | {
        readonly type: 'from'
        readonly template: Expression
        readonly macros: readonly { readonly name: string; readonly alias: string }[]
      }
    /** Tags that only matter to a streaming engine: `cache`, `parallel`. */
    | { readonly type: 'group'; readonly body: Body }
  )
