import { type CST, Lexer, Parser } from 'yaml'
import { MAX_SOURCE_CHARACTERS, MAX_YAML_DEPTH, MAX_YAML_TOKENS } from '../limits.ts'

export type TokenStream =
  | { readonly ok: true; readonly tokens: readonly CST.Token[] }
  | { readonly ok: false; readonly offset: number; readonly message: string; readonly hint: string }

/**
 * The first half of reading YAML: text to concrete syntax, without recursion and in bounded time. The second half
 * (yaml's composer) recurses and reports without end, so that depth and number are bounded here, before it.
 *
 * @param onLine - told the offset of each line's start
 */
export function readTokens(source: string, onLine: (offset: number) => void): TokenStream {
  if (source.length > MAX_SOURCE_CHARACTERS) {
    return refusal(
      0,
      `The source has ${source.length} characters; at most ${MAX_SOURCE_CHARACTERS} are read.`,
      'Move long scripts to namespace files, or split the flow into subflows.',
    )
  }
  const lexer = new Lexer()
  const parser = new Parser(onLine)
  const tokens: CST.Token[] = []
  let count = 0
  onLine(0)
  for (const lexeme of lexer.lex(source)) {
    count += 1
    if (count > MAX_YAML_TOKENS) {
      return refusal(
        parser.offset,
        `The source has more than ${MAX_YAML_TOKENS} YAML tokens.`,
        'Split the flow into subflows.',
      )
    }
    tokens.push(...parser.next(lexeme))
    if (parser.stack.length > MAX_YAML_DEPTH) {
      return refusal(
        parser.offset,
        `Values are nested more than ${MAX_YAML_DEPTH} levels deep.`,
        'Flatten the structure, or check for a missing closing bracket.',
      )
    }
  }
  tokens.push(...parser.end())
  return { ok: true, tokens }
}

function refusal(offset: number, message: string, hint: string): TokenStream {
  return { ok: false, offset, message, hint }
}
