import { SyntaxFault } from './problem-list.ts'
import type { Token } from './token.ts'

/** A cursor over the tokens of one expression or tag. */
export class TokenStream {
  readonly #tokens: readonly Token[]
  readonly #end: Token
  #at = 0

  /** @param tokens - ends in an `end` token, which is never passed. */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
    this.#end = tokens.at(-1) ?? { type: 'end', start: 0, end: 0 }
  }

  get current(): Token {
    return this.#tokens[this.#at] ?? this.#end
  }

  get next(): Token {
    return this.#tokens[this.#at + 1] ?? this.#end
  }

  /** Offset behind the last token taken. */
  get endOfPrevious(): number {
    return (this.#tokens[this.#at - 1] ?? this.current).end
  }

  take(): Token {
    const token = this.current
    if (token.type !== 'end') this.#at++
    return token
  }

  isSymbol(value: string): boolean {
    const token = this.current
    return token.type === 'symbol' && token.value === value
  }

  isName(value: string): boolean {
    const token = this.current
    return token.type === 'name' && token.value === value
  }

  takeIf(value: string): boolean {
    const token = this.current
    if ((token.type !== 'symbol' && token.type !== 'name') || token.value !== value) return false
    this.#at++
    return true
  }

  expect(value: string, where: string): Token {
    const token = this.current
    if (!this.takeIf(value)) this.fail(`"${value}" is expected ${where}, not ${describeToken(token)}.`)
    return token
  }

  expectName(what: string): Token & { readonly type: 'name' } {
    const token = this.current
    if (token.type !== 'name') this.fail(`${what} is expected, not ${describeToken(token)}.`)
    this.#at++
    return token
  }

  expectEnd(): void {
    if (this.current.type !== 'end')
      this.fail(`${capitalized(describeToken(this.current))} is not expected here.`)
  }

  fail(message: string, hint?: string): never {
    const { start, end } = this.current
    throw new SyntaxFault('EXPRESSION_SYNTAX', message, start, end, hint)
  }
}

export function describeToken(token: Token): string {
  if (token.type === 'end') return 'the end of the expression'
  if (token.type === 'text') return 'a text'
  return `"${token.value}"`
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
