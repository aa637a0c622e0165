import { MAX_EXPRESSION_TOKENS, MAX_SYNTAX_DEPTH, MAX_TEMPLATE_LENGTH } from '../limits.ts'
import { type ProblemList, SyntaxFault } from './problem-list.ts'
import type { Segment, Token } from './token.ts'

const DELIMITER = /\{[{%#]/g
const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy
const NUMBER = /\d+(?:\.\d+)?[lL]?/y
const SYMBOL = /\?\?\?|\?\?|==|!=|<=|>=|\.\.|[-+*/%~|.,:?=<>()[\]{}]/y
const SPACE = /\s*/y
const RAW_START = /\{%-?\s*(raw|verbatim)\s*(-?)%\}/y

/** The delimiter that makes a text a template. Literal texts, the common case, are told apart by this one search. */
export function hasDelimiter(text: string): boolean {
  for (let at = text.indexOf('{'); at !== -1; at = text.indexOf('{', at + 1)) {
    const next = text.charCodeAt(at + 1)
    if (next === 0x7b || next === 0x25 || next === 0x23) return true
  }
  return false
}

/** Cuts a template into literal text, prints and tags. Faults go to `problems`; the rest is still cut. */
export function lexTemplate(text: string, problems: ProblemList): Segment[] {
  if (text.length > MAX_TEMPLATE_LENGTH) {
    problems.add(
      new SyntaxFault(
        'EXPRESSION_LIMIT',
        `A template may have ${MAX_TEMPLATE_LENGTH} characters; this has ${text.length}.`,
        0,
        0,
      ),
    )
    return []
  }
  return new TemplateLexer(text, problems).lex()
}

class TemplateLexer {
  readonly #text: string
  readonly #problems: ProblemList
  readonly #segments: Segment[] = []
  #at = 0
  #trimNext = false

  constructor(text: string, problems: ProblemList) {
    this.#text = text
    this.#problems = problems
  }

  lex(): Segment[] {
    const text = this.#text
    while (this.#at < text.length) {
      DELIMITER.lastIndex = this.#at
      const start = DELIMITER.exec(text)?.index ?? text.length
      const trimsBefore = text[start + 2] === '-'
      this.#literal(this.#at, start, trimsBefore)
      this.#at = start
      if (start === text.length) break
      const kind = text[start + 1]
      const done = this.#problems.attempt(() => {
        if (kind === '#') this.#comment(start)
        else if (kind === '%' && this.#raw(start)) return true
        else this.#code(start, trimsBefore, kind === '{' ? '}}' : '%}')
        return true
      })
      if (done === undefined) this.#recover(kind === '{' ? '}}' : kind === '#' ? '#}' : '%}')
    }
    return this.#segments
  }

  #literal(start: number, end: number, trimsEnd: boolean): void {
    let text = this.#text.slice(start, end)
    if (this.#trimNext) text = text.trimStart()
    if (trimsEnd) text = text.trimEnd()
    this.#trimNext = false
    if (text !== '') this.#segments.push({ type: 'literal', text, start, end })
  }

  #comment(start: number): void {
    const close = this.#text.indexOf('#}', start + 2)
    if (close === -1) {
      throw new SyntaxFault(
        'EXPRESSION_SYNTAX',
        'A comment is not closed.',
        start,
        start + 2,
        'Add "#}" where it ends.',
      )
    }
    this.#trimNext = close > start + 2 && this.#text[close - 1] === '-'
    this.#at = close + 2
  }

  /** `{% raw %}` and `{% verbatim %}`: what stands inside is never looked at. */
  #raw(start: number): boolean {
    RAW_START.lastIndex = start
    const open = RAW_START.exec(this.#text)
    const name = open?.[1]
    if (open === null || name === undefined) return false
    const close = new RegExp(`\\{%(-?)\\s*end${name}\\s*(-?)%\\}`, 'g')
    close.lastIndex = RAW_START.lastIndex
    const end = close.exec(this.#text)
    if (end === null) {
      throw new SyntaxFault(
        'EXPRESSION_SYNTAX',
        `The tag "${name}" is not closed.`,
        start,
        RAW_START.lastIndex,
        `Add {% end${name} %}.`,
      )
    }
    this.#trimNext = open[2] === '-'
    this.#literal(RAW_START.lastIndex, end.index, end[1] === '-')
    this.#trimNext = end[2] === '-'
    this.#at = close.lastIndex
    return true
  }

  #code(start: number, trimsBefore: boolean, close: '}}' | '%}'): void {
    const tokens: Token[] = []
    const lexer = new CodeLexer(this.#text, start + (trimsBefore ? 3 : 2), start)
    const { end, trims } = lexer.lexUntil(close, tokens)
    this.#trimNext = trims
    this.#at = end
    this.#segments.push({ type: close === '}}' ? 'print' : 'tag', tokens, start, end })
  }

  /** After a fault: go on behind the next closing delimiter, so that later faults are found as well. */
  #recover(close: string): void {
    const next = this.#text.indexOf(close, this.#at + 2)
    this.#at = next === -1 ? this.#text.length : next + 2
  }
}

/** Tokens of one expression. A closing delimiter counts only outside of brackets: `{{ {"a": {"b": 1}} }}`. */
class CodeLexer {
  readonly #text: string
  readonly #opened: number
  #at: number
  #interpolations = 0

  constructor(text: string, at: number, opened: number) {
    this.#text = text
    this.#at = at
    this.#opened = opened
  }

  lexUntil(close: '}}' | '%}' | '}', tokens: Token[]): { readonly end: number; readonly trims: boolean } {
    const brackets: string[] = []
    for (;;) {
      SPACE.lastIndex = this.#at
      SPACE.exec(this.#text)
      this.#at = SPACE.lastIndex
      if (this.#at >= this.#text.length)
        this.#fail(`"${close}" is missing.`, this.#opened, `Close it with "${close}".`)
      if (brackets.length === 0) {
        const trims = close !== '}' && this.#text[this.#at] === '-'
        if (this.#text.startsWith(close, this.#at + (trims ? 1 : 0))) {
          const start = this.#at
          const end = start + close.length + (trims ? 1 : 0)
          tokens.push({ type: 'end', start, end })
          this.#at = end
          return { end, trims }
        }
      }
      const token = this.#token()
      if (token.type === 'symbol') this.#match(token.value, token.start, brackets)
      tokens.push(token)
      if (tokens.length > MAX_EXPRESSION_TOKENS) {
        throw new SyntaxFault(
          'EXPRESSION_LIMIT',
          `An expression may have ${MAX_EXPRESSION_TOKENS} tokens.`,
          this.#opened,
          this.#opened + 2,
        )
      }
    }
  }

  #token(): Token {
    const start = this.#at
    const quote = this.#text[start]
    if (quote === '"' || quote === "'") return this.#quoted(quote, start)
    for (const [type, pattern] of TOKEN_PATTERNS) {
      pattern.lastIndex = start
      const value = pattern.exec(this.#text)?.[0]
      if (value === undefined) continue
      this.#at = pattern.lastIndex
      return { type, value, start, end: this.#at }
    }
    const character = String.fromCodePoint(this.#text.codePointAt(start) ?? 0)
    throw new SyntaxFault(
      'EXPRESSION_SYNTAX',
      `The character ${JSON.stringify(character)} has no meaning here.`,
      start,
      start + character.length,
    )
  }

  #match(symbol: string, start: number, brackets: string[]): void {
    const closing = CLOSING[symbol]
    if (closing !== undefined) {
      brackets.push(closing)
      if (brackets.length > MAX_SYNTAX_DEPTH) {
        throw new SyntaxFault(
          'EXPRESSION_LIMIT',
          `Brackets nest deeper than ${MAX_SYNTAX_DEPTH}.`,
          start,
          start + 1,
        )
      }
    } else if (symbol === ')' || symbol === ']' || symbol === '}') {
      const expected = brackets.pop()
      if (expected !== symbol) {
        const hint =
          expected === undefined ? undefined : `Close "${OPENING[expected]}" with "${expected}" first.`
        throw new SyntaxFault('EXPRESSION_SYNTAX', `"${symbol}" closes nothing here.`, start, start + 1, hint)
      }
    }
  }

  /**
   * A backslash escapes a quote or another backslash; before anything else it stands for itself, as in Pebble, so that
   * JSON text and regular expressions survive. Double quotes may hold interpolations `#{…}`.
   */
  #quoted(quote: string, start: number): Token {
    const parts: (string | readonly Token[])[] = []
    let piece = ''
    let from = start + 1
    for (let at = from; ; at++) {
      const character = this.#text[at]
      if (character === undefined) this.#fail('A text is not closed.', start, `Add ${quote} where it ends.`)
      if (character === '\\') {
        const next = this.#text[at + 1]
        if (next === '\\' || next === '"' || next === "'") {
          piece += this.#text.slice(from, at)
          from = at + 1
        }
        at++
      } else if (character === quote) {
        this.#at = at + 1
        parts.push(piece + this.#text.slice(from, at))
        return { type: 'text', parts, start, end: this.#at }
      } else if (character === '#' && quote === '"' && this.#text[at + 1] === '{') {
        parts.push(piece + this.#text.slice(from, at))
        const tokens: Token[] = []
        if (++this.#interpolations > MAX_SYNTAX_DEPTH) {
          throw new SyntaxFault('EXPRESSION_LIMIT', `Texts nest deeper than ${MAX_SYNTAX_DEPTH}.`, at, at + 2)
        }
        this.#at = at + 2
        from = this.lexUntil('}', tokens).end
        this.#interpolations--
        at = from - 1
        parts.push(tokens)
        piece = ''
      }
    }
  }

  #fail(message: string, start: number, hint: string): never {
    throw new SyntaxFault('EXPRESSION_SYNTAX', message, start, start + 2, hint)
  }
}

const TOKEN_PATTERNS = [
  ['name', NAME],
  ['number', NUMBER],
  ['symbol', SYMBOL],
] as const

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }
const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }
