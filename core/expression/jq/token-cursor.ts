import { jqSyntaxError } from './jq-error.ts'
import type { JqToken } from './lexer.ts'

/** Nested constructs of a program: what the parser's own stack may hold. */
const MAX_NESTING = 100

/** A place in a program's tokens; what the parser's rules look at, and where they stop a program that nests too deep. */
export class JqTokenCursor {
  readonly #tokens: readonly JqToken[]
  protected readonly program: string
  protected at = 0
  protected nesting: number

  constructor(tokens: readonly JqToken[], program: string, nesting: number) {
    this.#tokens = tokens
    this.program = program
    this.nesting = nesting
  }

  protected get current(): JqToken {
    return this.#tokens[this.at] ?? { type: 'end', at: this.program.length }
  }

  protected deeper<T>(step: () => T): T {
    if (++this.nesting > MAX_NESTING) {
      throw jqSyntaxError(`It nests deeper than ${MAX_NESTING}`, this.program, this.current.at)
    }
    const result = step()
    this.nesting--
    return result
  }

  protected isSymbol(value: string): boolean {
    const token = this.current
    return token.type === 'symbol' && token.value === value
  }

  protected isName(value: string): boolean {
    const token = this.current
    return token.type === 'name' && token.value === value
  }

  protected takeIf(value: string): boolean {
    if (!this.isSymbol(value) && !this.isName(value)) return false
    this.at++
    return true
  }

  protected take(type: 'name' | 'variable'): string {
    const token = this.current
    if (token.type !== type) return this.unexpected()
    this.at++
    return token.value
  }

  protected expect(value: string): void {
    if (!this.takeIf(value)) this.unexpected(value)
  }

  protected unexpected(expected?: string): never {
    const token = this.current
    const found =
      token.type === 'end' ? 'the end' : token.type === 'text' ? 'a text' : JSON.stringify(token.value)
    const wanted =
      expected === undefined ? `${found} is not expected` : `"${expected}" is expected, not ${found},`
    throw jqSyntaxError(wanted, this.program, token.at)
  }
}
