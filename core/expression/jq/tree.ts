/** A jq program's tree. */
export type JqNode =
  | { readonly type: 'identity' }
  | { readonly type: 'recurse' }
  | { readonly type: 'literal'; readonly value: unknown }
  | {
      readonly type: 'text'
      readonly parts: readonly (string | JqNode)[]
      readonly format: string | undefined
    }
  | { readonly type: 'format'; readonly name: string }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'index'; readonly target: JqNode; readonly key: JqNode }
  | {
      readonly type: 'slice'
      readonly target: JqNode
      readonly from: JqNode | undefined
      readonly to: JqNode | undefined
    }
  | { readonly type: 'each'; readonly target: JqNode }
  | { readonly type: 'pipe'; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'comma'; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'negate'; readonly operand: JqNode }
  | { readonly type: 'binary'; readonly operator: JqOperator; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'logic'; readonly operator: 'and' | 'or'; readonly left: JqNode; readonly right: JqNode }
  | { readonly type: 'alternative'; readonly left: JqNode; readonly right: JqNode }
  | {
      readonly type: 'assign'
      readonly operator: JqAssignment
      readonly target: JqNode
      readonly value: JqNode
    }
  | { readonly type: 'list'; readonly body: JqNode | undefined }
  | { readonly type: 'map'; readonly entries: readonly (readonly [JqNode, JqNode])[] }
  | {
      readonly type: 'if'
      readonly condition: JqNode
      readonly whenTrue: JqNode
      readonly whenFalse: JqNode | undefined
    }
  | { readonly type: 'try'; readonly body: JqNode; readonly handler: JqNode | undefined }
  | {
      readonly type: 'reduce'
      readonly source: JqNode
      readonly patterns: readonly JqPattern[]
      readonly start: JqNode
      readonly update: JqNode
    }
  | {
      readonly type: 'foreach'
      readonly source: JqNode
      readonly patterns: readonly JqPattern[]
      readonly start: JqNode
      readonly update: JqNode
      readonly extract: JqNode | undefined
    }
  | {
      readonly type: 'bind'
      readonly source: JqNode
      readonly patterns: readonly JqPattern[]
      readonly body: JqNode
    }
  | { readonly type: 'label'; readonly name: string; readonly body: JqNode }
  | { readonly type: 'break'; readonly name: string }
  | { readonly type: 'define'; readonly definition: JqDefinition; readonly body: JqNode }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly JqNode[] }

export type JqOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>='
export type JqAssignment = '=' | '|=' | '+=' | '-=' | '*=' | '/=' | '%=' | '//='

export type JqPattern =
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'list'; readonly items: readonly JqPattern[] }
  | {
      readonly type: 'map'
      readonly entries: readonly {
        readonly key: JqNode
        /** `$name` or `$name: pattern` binds the name as well. */
        readonly variable: string | undefined
        readonly pattern: JqPattern | undefined
      }[]
    }

export interface JqDefinition {
  readonly name: string
  /** A name with `$` is a value, one without a filter. */
  readonly parameters: readonly string[]
  readonly body: JqNode
}
