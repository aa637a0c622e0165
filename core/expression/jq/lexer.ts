import { jqSyntaxError } from './jq-error.ts'

export type JqToken = { readonly at: number } & (
  | { readonly type: 'name' | 'field' | 'variable' | 'format' | 'symbol'; readonly value: string }
  | { readonly type: 'number'; readonly value: string }
  /** Text with the tokens of its interpolations `\(…)`. */
  | { readonly type: 'text'; readonly parts: readonly (string | readonly JqToken[])[] }
  | { readonly type: 'end' }
)

const PATTERNS = [
  ['field', /\.([A-Za-z_]\w*)/y],
  ['number', /(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)/y],
  ['format', /(@[A-Za-z0-9]+)/y],
  ['variable', /\$((?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)/y],
  ['name', /((?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)/y],
  ['symbol', /(\?\/\/|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\]{}()|,:;=<>+\-*/%?$])/y],
] as const

const SPACE = /(?:\s|#[^\n]*)*/y
const MAX_NESTED_TEXTS = 50

/** Cuts a jq program into tokens; the last is always `end`. @throws ExpressionError */
export function lexJq(program: string): JqToken[] {
  const lexer = new JqLexer(program)
  return lexer.tokens(0, undefined)
}

class JqLexer {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** @param close - the bracket at which an interpolation ends */
  tokens(nesting: number, close: ')' | undefined): JqToken[] {
    const tokens: JqToken[] = []
    let open = 0
    for (;;) {
      SPACE.lastIndex = this.#at
      SPACE.exec(this.#text)
      this.#at = SPACE.lastIndex
      const at = this.#at
      if (at >= this.#text.length) {
        if (close !== undefined) throw jqSyntaxError('An interpolation "\\(" is not closed', this.#text, at)
        tokens.push({ type: 'end', at })
        return tokens
      }
      if (close !== undefined && open === 0 && this.#text[at] === close) {
        this.#at++
        tokens.push({ type: 'end', at })
        return tokens
      }
      const token = this.#text[at] === '"' ? this.#quoted(nesting) : this.#token()
      if (token.type === 'symbol' && token.value === '(') open++
      if (token.type === 'symbol' && token.value === ')') open--
      tokens.push(token)
    }
  }

  #token(): JqToken {
    const at = this.#at
    for (const [type, pattern] of PATTERNS) {
      pattern.lastIndex = at
      const value = pattern.exec(this.#text)?.[1]
      if (value === undefined) continue
      this.#at = pattern.lastIndex
      return { type, value, at }
    }
    throw jqSyntaxError(`The character ${JSON.stringify(this.#text[at])} has no meaning`, this.#text, at)
  }

  #quoted(nesting: number): JqToken {
    const at = this.#at
    if (nesting > MAX_NESTED_TEXTS) throw jqSyntaxError('Texts nest too deep', this.#text, at)
    const parts: (string | readonly JqToken[])[] = []
    let piece = ''
    this.#at++
    for (;;) {
      const character = this.#text[this.#at++]
      if (character === undefined) throw jqSyntaxError('A text is not closed', this.#text, at)
      if (character === '"') {
        parts.push(piece)
        return { type: 'text', parts, at }
      }
      if (character !== '\\') {
        piece += character
        continue
      }
      const escaped = this.#text[this.#at++]
      if (escaped === '(') {
        parts.push(piece, this.tokens(nesting + 1, ')'))
        piece = ''
      } else piece += this.#escape(escaped)
    }
  }

  #escape(character: string | undefined): string {
    if (character === 'u') {
      const digits = this.#text.slice(this.#at, this.#at + 4)
      if (/^[\da-fA-F]{4}$/.test(digits)) {
        this.#at += 4
        return String.fromCharCode(Number.parseInt(digits, 16))
      }
    }
    const value = ESCAPES.get(character ?? '')
    if (value === undefined) throw jqSyntaxError('An escape sequence is not valid', this.#text, this.#at - 2)
    return value
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['b', '\b'],
  ['f', '\f'],
  ['/', '/'],
  ['\\', '\\'],
  ['"', '"'],
])
