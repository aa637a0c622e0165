import { ExpressionError } from '../errors.ts'

/** A piece of a date format. `fraction` is the ISO formats' own: a point and as many digits as there are, or nothing. */
export type PatternPart =
  | { readonly type: 'literal'; readonly text: string }
  | { readonly type: 'field'; readonly letter: FieldLetter; readonly count: number }
  | { readonly type: 'optional'; readonly parts: readonly PatternPart[] }
  | { readonly type: 'fraction' }
  | { readonly type: 'style'; readonly style: DateStyle }

export type DateStyle = 'full' | 'long' | 'medium' | 'short'

const FIELD_LETTERS = 'GuyDMLdQqYwWEecFaBhKkHmsSAnNVvzOXxZ'
export type FieldLetter =
  | 'G'
  | 'u'
  | 'y'
  | 'D'
  | 'M'
  | 'L'
  | 'd'
  | 'Q'
  | 'q'
  | 'Y'
  | 'w'
  | 'W'
  | 'E'
  | 'e'
  | 'c'
  | 'F'
  | 'a'
  | 'B'
  | 'h'
  | 'K'
  | 'k'
  | 'H'
  | 'm'
  | 's'
  | 'S'
  | 'A'
  | 'n'
  | 'N'
  | 'V'
  | 'v'
  | 'z'
  | 'O'
  | 'X'
  | 'x'
  | 'Z'

/** Reads a pattern of Java's DateTimeFormatter, or one of the names in `named-formats.ts`. @throws ExpressionError */
export function readPattern(pattern: string): readonly PatternPart[] {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A date format may have ${MAX_PATTERN_LENGTH} characters.`)
  }
  const reader = new PatternReader(pattern)
  return reader.parts(0)
}

const MAX_PATTERN_LENGTH = 200
const MAX_NESTING = 5

class PatternReader {
  readonly #pattern: string
  #at = 0

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  parts(nesting: number): PatternPart[] {
    const parts: PatternPart[] = []
    while (this.#at < this.#pattern.length) {
      const character = this.#pattern[this.#at] ?? ''
      if (character === ']') {
        if (nesting === 0) this.#fail('"]" closes nothing')
        this.#at++
        return parts
      }
      if (character === '[') {
        if (nesting === MAX_NESTING) this.#fail('optional parts nest too deep')
        this.#at++
        parts.push({ type: 'optional', parts: this.parts(nesting + 1) })
      } else if (character === "'") parts.push({ type: 'literal', text: this.#quoted() })
      else if (/[A-Za-z]/.test(character)) parts.push(this.#field(character))
      else if (/[{}#]/.test(character)) this.#fail(`"${character}" is reserved: quote it`)
      else {
        parts.push({ type: 'literal', text: character })
        this.#at++
      }
    }
    // Java closes what is still open, too.
    return parts
  }

  #field(letter: string): PatternPart {
    if (!isFieldLetter(letter)) this.#fail(`the letter "${letter}" has no meaning: quote it`)
    let count = 1
    while (this.#pattern[this.#at + count] === letter) count++
    this.#at += count
    return { type: 'field', letter, count }
  }

  #quoted(): string {
    let text = ''
    for (let at = this.#at + 1; at < this.#pattern.length; at++) {
      if (this.#pattern[at] !== "'") text += this.#pattern[at]
      else if (this.#pattern[at + 1] === "'") {
        text += "'"
        at++
      } else {
        const isEmpty = at === this.#at + 1
        this.#at = at + 1
        return isEmpty ? "'" : text
      }
    }
    return this.#fail('a quote is not closed')
  }

  #fail(reason: string): never {
    throw new ExpressionError(
      'EXPRESSION_VALUE',
      `The date format ${JSON.stringify(this.#pattern)} is not valid: ${reason}.`,
      { hint: "Formats are those of Java's DateTimeFormatter, such as yyyy-MM-dd'T'HH:mm:ssXXX." },
    )
  }
}

function isFieldLetter(letter: string): letter is FieldLetter {
  return FIELD_LETTERS.includes(letter)
}
