import { MAX_EXPRESSION_DEPTH, MAX_SYNTAX_DEPTH } from '../limits.ts'
import { parseNumberLiteral } from '../value/number-literal.ts'
import { type BinaryOperator, INFIX_OPERATORS, PREFIX_OPERATORS } from './operators.ts'
import { SyntaxFault } from './problem-list.ts'
import type { Token } from './token.ts'
import { describeToken, TokenStream } from './token-stream.ts'
import type { Arguments, Expression, FilterCall, NamedArgument } from './tree.ts'

/** Reads one expression by precedence climbing. @throws SyntaxFault */
export function parseExpression(tokens: TokenStream): Expression {
  return new ExpressionParser(tokens).expression()
}

/** Reads `name(arguments)` of a `{% filter %}` tag. @throws SyntaxFault */
export function parseFilterCall(tokens: TokenStream): FilterCall {
  return new ExpressionParser(tokens).filterCall()
}

class ExpressionParser {
  readonly #tokens: TokenStream
  #depth: number

  constructor(tokens: TokenStream, depth = 0) {
    this.#tokens = tokens
    this.#depth = depth
  }

  expression(): Expression {
    const condition = this.#binary(0)
    if (!this.#tokens.takeIf('?')) return condition
    return this.#deeper(() => {
      const whenTrue = this.expression()
      this.#tokens.expect(':', 'between the two results of "?"')
      const whenFalse = this.expression()
      return this.#checked(
        { type: 'conditional', condition, whenTrue, whenFalse, ...span(condition, whenFalse) },
        condition,
        whenTrue,
        whenFalse,
      )
    })
  }

  #binary(minimum: number): Expression {
    let left = this.#prefixed()
    for (;;) {
      const token = this.#tokens.current
      if (token.type !== 'symbol' && token.type !== 'name') return left
      const operator = INFIX_OPERATORS.get(token.value)
      if (operator === undefined || operator.precedence < minimum) return left
      this.#tokens.take()
      if (operator.kind === 'filter') left = this.#filtered(left)
      else if (operator.kind === 'test') left = this.#tested(left)
      else left = this.#joined(operator.symbol, left, operator.precedence + 1)
    }
  }

  #joined(operator: BinaryOperator, left: Expression, minimum: number): Expression {
    return this.#deeper(() => {
      const right = this.#binary(minimum)
      return this.#checked({ type: 'binary', operator, left, right, ...span(left, right) }, left, right)
    })
  }

  #filtered(input: Expression): Expression {
    const filter = this.filterCall()
    const children = argumentValues(filter.arguments)
    return this.#checked(
      { type: 'filter', input, filter, start: input.start, end: filter.end },
      input,
      ...children,
    )
  }

  filterCall(): FilterCall {
    const token = this.#tokens.expectName('The name of a filter')
    const args = this.#tokens.isSymbol('(') ? this.#arguments() : noArguments(token.end)
    return { name: token.value, nameSpan: token, arguments: args, start: token.start, end: args.end }
  }

  #tested(operand: Expression): Expression {
    const isNegated = this.#tokens.takeIf('not')
    const token = this.#tokens.expectName('The name of a test')
    const args = this.#tokens.isSymbol('(') ? this.#arguments() : noArguments(token.end)
    return this.#checked(
      {
        type: 'test',
        operand,
        name: token.value,
        nameSpan: token,
        isNegated,
        arguments: args,
        start: operand.start,
        end: args.end,
      },
      operand,
      ...argumentValues(args),
    )
  }

  #prefixed(): Expression {
    const token = this.#tokens.current
    const operator =
      token.type === 'symbol' || token.type === 'name' ? PREFIX_OPERATORS.get(token.value) : undefined
    if (operator === undefined) return this.#postfixed(this.#primary())
    this.#tokens.take()
    return this.#deeper(() => {
      const operand = this.#prefixed()
      return this.#checked(
        { type: 'prefix', operator: operator.symbol, operand, start: token.start, end: operand.end },
        operand,
      )
    })
  }

  #postfixed(primary: Expression): Expression {
    let object = primary
    for (;;) {
      if (this.#tokens.isSymbol('.')) object = this.#attribute(object)
      else if (this.#tokens.isSymbol('[')) object = this.#subscript(object)
      else return object
    }
  }

  #attribute(object: Expression): Expression {
    this.#tokens.take()
    const token = this.#tokens.take()
    // `items.0` reads like Twig's index; the lexer hands the digits over as a number.
    if (token.type !== 'name' && !(token.type === 'number' && /^\d+$/.test(token.value))) {
      throw new SyntaxFault(
        'EXPRESSION_SYNTAX',
        `The name of an attribute is expected after ".", not ${describeToken(token)}.`,
        token.start,
        token.end,
        'Use brackets for names with other characters: foo["my-name"].',
      )
    }
    const name = token.value
    if (!this.#tokens.isSymbol('(')) {
      return this.#checked({ type: 'attribute', object, name, start: object.start, end: token.end }, object)
    }
    if (object.type !== 'name') {
      throw new SyntaxFault(
        'EXPRESSION_SYNTAX',
        `Values have no methods: "${name}" cannot be called.`,
        token.start,
        token.end,
        `Use a filter or a function, as in {{ value | ${name} }}.`,
      )
    }
    const args = this.#arguments()
    return this.#checked(
      {
        type: 'call',
        namespace: object.name,
        name,
        nameSpan: token,
        arguments: args,
        start: object.start,
        end: args.end,
      },
      ...argumentValues(args),
    )
  }

  #subscript(object: Expression): Expression {
    this.#tokens.take()
    const key = this.#deeper(() => this.expression())
    const close = this.#tokens.expect(']', 'after the key')
    return this.#checked({ type: 'subscript', object, key, start: object.start, end: close.end }, object, key)
  }

  #primary(): Expression {
    const token = this.#tokens.current
    switch (token.type) {
      case 'number':
        this.#tokens.take()
        return leaf(token, parseNumberLiteral(token.value))
      case 'text':
        this.#tokens.take()
        return this.#text(token)
      case 'name':
        return this.#named(token)
      case 'symbol':
        return this.#bracketed(token)
      case 'end':
        return this.#tokens.fail('An expression is missing here.')
      default:
        return token satisfies never
    }
  }

  #named(token: Token & { readonly type: 'name' }): Expression {
    this.#tokens.take()
    if (this.#tokens.isSymbol('(')) {
      const args = this.#arguments()
      return this.#checked(
        {
          type: 'call',
          namespace: undefined,
          name: token.value,
          nameSpan: token,
          arguments: args,
          start: token.start,
          end: args.end,
        },
        ...argumentValues(args),
      )
    }
    switch (token.value) {
      case 'true':
        return leaf(token, true)
      case 'false':
        return leaf(token, false)
      case 'null':
      case 'none':
        return leaf(token, null)
      default:
        if (INFIX_OPERATORS.has(token.value)) {
          throw new SyntaxFault(
            'EXPRESSION_SYNTAX',
            `The operator "${token.value}" lacks its left operand.`,
            token.start,
            token.end,
          )
        }
        return { type: 'name', name: token.value, start: token.start, end: token.end, depth: 1 }
    }
  }

  #text(token: Token & { readonly type: 'text' }): Expression {
    const [only] = token.parts
    if (token.parts.length === 1 && typeof only === 'string') return leaf(token, only)
    const parts = token.parts
      .filter((part) => part !== '')
      .map((part): Expression => {
        if (typeof part === 'string') return leaf(token, part)
        const tokens = new TokenStream(part)
        const parser = new ExpressionParser(tokens, this.#depth + 1)
        const expression = parser.expression()
        tokens.expectEnd()
        return expression
      })
    return this.#checked({ type: 'interpolation', parts, start: token.start, end: token.end }, ...parts)
  }

  #bracketed(token: Token & { readonly type: 'symbol' }): Expression {
    return this.#deeper(() => {
      if (this.#tokens.takeIf('(')) {
        const inner = this.expression()
        this.#tokens.expect(')', 'to close "("')
        return inner
      }
      if (this.#tokens.takeIf('[')) return this.#list(token.start)
      if (this.#tokens.takeIf('{')) return this.#map(token.start)
      return this.#tokens.fail(`An expression is expected, not ${describeToken(token)}.`)
    })
  }

  #list(start: number): Expression {
    const items: Expression[] = []
    while (!this.#tokens.isSymbol(']')) {
      items.push(this.expression())
      if (!this.#tokens.takeIf(',')) break
    }
    const { end } = this.#tokens.expect(']', 'to close the list')
    return this.#checked({ type: 'list', items, start, end }, ...items)
  }

  #map(start: number): Expression {
    const entries: [Expression, Expression][] = []
    while (!this.#tokens.isSymbol('}')) {
      const key = this.expression()
      this.#tokens.expect(':', 'between a key and its value')
      entries.push([key, this.expression()])
      if (!this.#tokens.takeIf(',')) break
    }
    const { end } = this.#tokens.expect('}', 'to close the map')
    return this.#checked({ type: 'map', entries, start, end }, ...entries.flat())
  }

  #arguments(): Arguments {
    return this.#deeper(() => {
      const { start } = this.#tokens.take()
      const positional: Expression[] = []
      const named: NamedArgument[] = []
      while (!this.#tokens.isSymbol(')')) {
        const token = this.#tokens.current
        const following = this.#tokens.next
        if (token.type === 'name' && following.type === 'symbol' && following.value === '=') {
          this.#tokens.take()
          this.#tokens.take()
          const value = this.expression()
          named.push({ name: token.value, value, start: token.start, end: value.end })
        } else {
          if (named.length > 0) this.#tokens.fail('An argument without a name cannot follow one with a name.')
          positional.push(this.expression())
        }
        if (!this.#tokens.takeIf(',')) break
      }
      const { end } = this.#tokens.expect(')', 'to close the arguments')
      return { positional, named, start, end }
    })
  }

  #deeper<T>(step: () => T): T {
    if (++this.#depth > MAX_SYNTAX_DEPTH) {
      const { start, end } = this.#tokens.current
      throw new SyntaxFault(
        'EXPRESSION_LIMIT',
        `An expression nests deeper than ${MAX_SYNTAX_DEPTH}.`,
        start,
        end,
      )
    }
    const result = step()
    this.#depth--
    return result
  }

  #checked<T extends WithoutDepth<Expression>>(
    node: T,
    ...children: readonly Expression[]
  ): T & { depth: number } {
    let depth = 0
    for (const child of children) depth = Math.max(depth, child.depth)
    if (depth >= MAX_EXPRESSION_DEPTH) {
      throw new SyntaxFault(
        'EXPRESSION_LIMIT',
        `An expression may chain or nest ${MAX_EXPRESSION_DEPTH} operations.`,
        node.start,
        node.end,
        'Split it with {% set name = … %}.',
      )
    }
    return { ...node, depth: depth + 1 }
  }
}

type WithoutDepth<T> = T extends unknown ? Omit<T, 'depth'> : never

function span(first: Expression, last: Expression): { readonly start: number; readonly end: number } {
  return { start: first.start, end: last.end }
}

function leaf(token: Token, value: unknown): Expression {
  return { type: 'literal', value, start: token.start, end: token.end, depth: 1 }
}

function noArguments(at: number): Arguments {
  return { positional: [], named: [], start: at, end: at }
}

function argumentValues(args: Arguments): Expression[] {
  return [...args.positional, ...args.named.map((argument) => argument.value)]
}
