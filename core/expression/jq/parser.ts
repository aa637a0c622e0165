import { exactDecimal, exactInteger } from '../value/number-literal.ts'
import { Real } from '../value/real.ts'
import { BINARY, joined, KEYWORDS } from './grammar.ts'
import { type JqToken, lexJq } from './lexer.ts'
import { JqTokenCursor } from './token-cursor.ts'
import type { JqDefinition, JqNode, JqPattern } from './tree.ts'

/** Reads a whole program. @throws ExpressionError */
export function parseJq(program: string): JqNode {
  return new JqParser(lexJq(program), program, 0).parse()
}

/** Reads definitions without a main filter. */
export function parseJqDefinitions(program: string): JqDefinition[] {
  return new JqParser(lexJq(program), program, 0).definitions()
}

class JqParser extends JqTokenCursor {
  parse(): JqNode {
    const body = this.#pipe()
    if (this.current.type !== 'end') this.unexpected()
    return body
  }

  definitions(): JqDefinition[] {
    const definitions: JqDefinition[] = []
    while (this.isName('def')) definitions.push(this.#definition())
    if (this.current.type !== 'end') this.unexpected()
    return definitions
  }

  #pipe(): JqNode {
    return this.deeper(() => {
      if (this.isName('def')) {
        const definition = this.#definition()
        return { type: 'define', definition, body: this.#pipe() }
      }
      if (this.isName('label')) {
        this.at++
        const name = this.take('variable')
        this.expect('|')
        return { type: 'label', name, body: this.#pipe() }
      }
      const left = this.#comma()
      if (!this.takeIf('|')) return left
      return { type: 'pipe', left, right: this.#pipe() }
    })
  }

  #binding(source: JqNode): JqNode {
    this.at++
    const patterns = this.#patterns()
    this.expect('|')
    return { type: 'bind', source, patterns, body: this.#pipe() }
  }

  #comma(): JqNode {
    let left = this.#binary(0)
    while (this.takeIf(',')) left = { type: 'comma', left, right: this.#binary(0) }
    return left
  }

  #binary(minimum: number): JqNode {
    let left = this.#unary()
    for (;;) {
      const token = this.current
      if (token.type !== 'symbol' && token.type !== 'name') return left
      const operator = BINARY.get(token.value)
      if (operator === undefined || operator.precedence < minimum) return left
      this.at++
      const { precedence, associates } = operator
      const right = this.deeper(() => this.#binary(associates === 'right' ? precedence : precedence + 1))
      left = joined(token.value, left, right)
      const next = this.current
      if (
        associates === 'none' &&
        next.type === 'symbol' &&
        BINARY.get(next.value)?.precedence === precedence
      ) {
        this.unexpected()
      }
    }
  }

  #unary(): JqNode {
    if (this.takeIf('-')) return this.deeper(() => ({ type: 'negate', operand: this.#unary() }))
    return this.#postfix()
  }

  #postfix(): JqNode {
    let node = this.#term()
    for (;;) {
      const token = this.current
      if (token.type === 'field') {
        this.at++
        node = { type: 'index', target: node, key: literal(token.value) }
      } else if (this.isSymbol('.')) {
        this.at++
        const next = this.current
        if (next.type === 'text') node = { type: 'index', target: node, key: this.#text(undefined) }
        else if (!this.isSymbol('[')) this.unexpected()
      } else if (this.isSymbol('[')) node = this.#brackets(node)
      else if (this.takeIf('?')) node = { type: 'try', body: node, handler: undefined }
      else if (this.isName('as')) {
        // `term as $x | body` binds tighter than operators around it.
        return this.#binding(node)
      } else return node
    }
  }

  #brackets(target: JqNode): JqNode {
    this.expect('[')
    if (this.takeIf(']')) return { type: 'each', target }
    if (this.takeIf(':')) {
      const to = this.#pipe()
      this.expect(']')
      return { type: 'slice', target, from: undefined, to }
    }
    const key = this.#pipe()
    if (this.takeIf(':')) {
      const to = this.isSymbol(']') ? undefined : this.#pipe()
      this.expect(']')
      return { type: 'slice', target, from: key, to }
    }
    this.expect(']')
    return { type: 'index', target, key }
  }

  #term(): JqNode {
    const token = this.current
    switch (token.type) {
      case 'number':
        this.at++
        return literal(jqNumber(token.value))
      case 'text':
        return this.#text(undefined)
      case 'format':
        this.at++
        return this.current.type === 'text' ? this.#text(token.value) : { type: 'format', name: token.value }
      case 'field':
        this.at++
        return { type: 'index', target: { type: 'identity' }, key: literal(token.value) }
      case 'variable':
        this.at++
        return { type: 'variable', name: token.value }
      case 'symbol':
        return this.#symbolTerm(token.value)
      case 'name':
        return this.#namedTerm(token.value)
      case 'end':
        return this.unexpected()
      default:
        return token satisfies never
    }
  }

  #symbolTerm(symbol: string): JqNode {
    this.at++
    switch (symbol) {
      case '.': {
        const next = this.current
        if (next.type === 'text') {
          return { type: 'index', target: { type: 'identity' }, key: this.#text(undefined) }
        }
        return { type: 'identity' }
      }
      case '..':
        return { type: 'recurse' }
      case '(': {
        const inner = this.#pipe()
        this.expect(')')
        return inner
      }
      case '[': {
        if (this.takeIf(']')) return { type: 'list', body: undefined }
        const body = this.#pipe()
        this.expect(']')
        return { type: 'list', body }
      }
      case '{':
        return this.#map()
      default:
        this.at--
        return this.unexpected()
    }
  }

  #namedTerm(name: string): JqNode {
    this.at++
    switch (name) {
      case 'if':
        return this.#if()
      case 'try': {
        const body = this.deeper(() => this.#postfix())
        const handler = this.takeIf('catch') ? this.deeper(() => this.#postfix()) : undefined
        return { type: 'try', body, handler }
      }
      case 'reduce':
      case 'foreach':
        return this.#fold(name)
      case 'def': {
        this.at--
        const definition = this.#definition()
        return { type: 'define', definition, body: this.#pipe() }
      }
      case 'break':
        return { type: 'break', name: this.take('variable') }
      case 'null':
        return literal(null)
      case 'true':
        return literal(true)
      case 'false':
        return literal(false)
      default:
        if (KEYWORDS.has(name)) {
          this.at--
          return this.unexpected()
        }
        return { type: 'call', name, args: this.#arguments() }
    }
  }

  #arguments(): JqNode[] {
    const args: JqNode[] = []
    if (!this.takeIf('(')) return args
    do args.push(this.#pipe())
    while (this.takeIf(';'))
    this.expect(')')
    return args
  }

  #if(): JqNode {
    return this.deeper(() => {
      const condition = this.#pipe()
      this.expect('then')
      const whenTrue = this.#pipe()
      if (this.takeIf('elif')) return { type: 'if', condition, whenTrue, whenFalse: this.#if() }
      const whenFalse = this.takeIf('else') ? this.#pipe() : undefined
      this.expect('end')
      return { type: 'if', condition, whenTrue, whenFalse }
    })
  }

  #fold(type: 'reduce' | 'foreach'): JqNode {
    return this.deeper(() => {
      const source = this.#sourceTerm()
      this.expect('as')
      const patterns = this.#patterns()
      this.expect('(')
      const start = this.#pipe()
      this.expect(';')
      const update = this.#pipe()
      if (type === 'reduce') {
        this.expect(')')
        return { type, source, patterns, start, update }
      }
      const extract = this.takeIf(';') ? this.#pipe() : undefined
      this.expect(')')
      return { type, source, patterns, start, update, extract }
    })
  }

  /** A term with its suffixes, of which `as` is not one here. */
  #sourceTerm(): JqNode {
    let node = this.#term()
    for (;;) {
      const token = this.current
      if (token.type === 'field') {
        this.at++
        node = { type: 'index', target: node, key: literal(token.value) }
      } else if (this.isSymbol('[')) node = this.#brackets(node)
      else if (this.takeIf('?')) node = { type: 'try', body: node, handler: undefined }
      else if (!this.takeIf('.')) return node
    }
  }

  #map(): JqNode {
    const entries: (readonly [JqNode, JqNode])[] = []
    while (!this.isSymbol('}')) {
      entries.push(this.#mapEntry())
      if (!this.takeIf(',')) break
    }
    this.expect('}')
    return { type: 'map', entries }
  }

  #mapEntry(): readonly [JqNode, JqNode] {
    const token = this.current
    if (token.type === 'variable') {
      this.at++
      return [literal(token.value), { type: 'variable', name: token.value }]
    }
    if (token.type === 'symbol' && token.value === '(') {
      this.at++
      const key = this.#pipe()
      this.expect(')')
      this.expect(':')
      return [key, this.#mapValue()]
    }
    const key = this.#mapKey(token)
    if (this.takeIf(':')) return [key, this.#mapValue()]
    return [key, { type: 'index', target: { type: 'identity' }, key }]
  }

  #mapKey(token: JqToken): JqNode {
    if (token.type === 'text') return this.#text(undefined)
    this.at++
    if (token.type === 'format') return this.#text(token.value)
    if (token.type === 'name') return literal(token.value)
    if (token.type === 'number') return literal(token.value)
    this.at--
    return this.unexpected()
  }

  /** No comma and no unbracketed pipe, as in jq's own grammar. */
  #mapValue(): JqNode {
    let value = this.deeper(() => this.#binary(0))
    while (this.takeIf('|')) value = { type: 'pipe', left: value, right: this.deeper(() => this.#binary(0)) }
    return value
  }

  #patterns(): JqPattern[] {
    const patterns = [this.#pattern()]
    while (this.takeIf('?//')) patterns.push(this.#pattern())
    return patterns
  }

  #pattern(): JqPattern {
    return this.deeper(() => {
      const token = this.current
      if (token.type === 'variable') {
        this.at++
        return { type: 'variable', name: token.value }
      }
      if (this.takeIf('[')) {
        const items: JqPattern[] = []
        do items.push(this.#pattern())
        while (this.takeIf(','))
        this.expect(']')
        return { type: 'list', items }
      }
      this.expect('{')
      const entries = []
      do {
        const at = this.current
        if (at.type === 'variable') {
          this.at++
          const pattern = this.takeIf(':') ? this.#pattern() : undefined
          entries.push({ key: literal(at.value), variable: at.value, pattern })
        } else {
          const isComputed = this.takeIf('(')
          const key = isComputed ? this.#pipe() : this.#mapKey(at)
          if (isComputed) this.expect(')')
          this.expect(':')
          entries.push({ key, variable: undefined, pattern: this.#pattern() })
        }
      } while (this.takeIf(','))
      this.expect('}')
      return { type: 'map', entries }
    })
  }

  #definition(): JqDefinition {
    this.expect('def')
    const name = this.take('name')
    const parameters: string[] = []
    if (this.takeIf('(')) {
      do {
        const token = this.current
        parameters.push(token.type === 'variable' ? `$${this.take('variable')}` : this.take('name'))
      } while (this.takeIf(';'))
      this.expect(')')
    }
    this.expect(':')
    const body = this.#pipe()
    this.expect(';')
    return { name, parameters, body }
  }

  #text(format: string | undefined): JqNode {
    const token = this.current
    if (token.type !== 'text') return this.unexpected()
    this.at++
    const parts = token.parts.map((part) =>
      typeof part === 'string' ? part : new JqParser(part, this.program, this.nesting + 1).parse(),
    )
    return { type: 'text', parts, format }
  }
}

function literal(value: unknown): JqNode {
  return { type: 'literal', value }
}

/** jq knows one kind of number: what looks like an integer is one. */
function jqNumber(text: string): unknown {
  const value = /^\d+$/.test(text) ? exactInteger(text) : exactDecimal(text)
  return value instanceof Real ? value.value : value
}
