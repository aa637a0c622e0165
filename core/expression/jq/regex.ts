import { ExpressionError } from '../errors.ts'
import { findMatches, type RegexMatch } from '../regex/java-regex.ts'
import { fresh, type JqEvaluation, type Native } from './evaluation.ts'
import { JqError } from './jq-error.ts'
import { combinations, onValues, text } from './native-values.ts'

export const REGEX_NATIVES: readonly (readonly [string, Native])[] = [
  [
    'test/2',
    onValues((input, [regex, flags], machine) => matches(input, regex, flags, machine, 'test').length > 0),
  ],
  [
    'match/2',
    function* (machine, item, closures) {
      for (const [regex, flags] of combinations(machine, item, closures, 0)) {
        for (const match of matches(item.value, regex, flags, machine, 'match'))
          yield fresh(matchObject(match))
      }
    },
  ],
  [
    'split/2',
    onValues((input, [regex, flags], machine) => {
      const whole = text(input, 'split')
      const pieces: string[] = []
      let from = 0
      for (const match of matches(input, regex, `g${flags ?? ''}`, machine, 'split')) {
        pieces.push(whole.slice(from, match.start))
        from = match.end
      }
      return [...pieces, whole.slice(from)]
    }),
  ],
]

/** The regular expression may be a list of it and its flags. */
function matches(
  input: unknown,
  regex: unknown,
  flags: unknown,
  machine: JqEvaluation,
  name: string,
): RegexMatch[] {
  const [pattern, ownFlags] = Array.isArray(regex) ? [regex[0], regex[1] ?? flags] : [regex, flags]
  const letters = ownFlags === null || ownFlags === undefined ? '' : text(ownFlags, name)
  const unknown = /[^gimnsxlp]/.exec(letters)
  if (unknown !== null) throw new JqError(`${letters} is not a valid modifier string`)
  const inline = [...new Set(letters.replaceAll('p', 's'))]
    .filter((letter) => letter === 'i' || letter === 's')
    .join('')
  const source = letters.includes('x') ? withoutSpaces(text(pattern, name)) : text(pattern, name)
  try {
    const all = findMatches(
      text(input, name),
      inline === '' ? source : `(?${inline})${source}`,
      letters.includes('g') ? undefined : 1,
      machine,
    )
    return letters.includes('n') ? all.filter((match) => match.end > match.start) : all
  } catch (error) {
    if (error instanceof ExpressionError && error.code === 'EXPRESSION_VALUE')
      throw new JqError(error.summary)
    throw error
  }
}

/** The flag x: spaces and comments in the pattern are only layout. */
function withoutSpaces(pattern: string): string {
  return pattern.replace(/(\\.)|\[(?:\\.|[^\]\\])*\]|\s+|#[^\n]*/g, (piece, escaped) =>
    escaped !== undefined || piece.startsWith('[') ? piece : '',
  )
}

function matchObject(match: RegexMatch): Record<string, unknown> {
  return {
    offset: match.start,
    length: match.end - match.start,
    string: match.text,
    captures: match.groups.map((group) => ({
      offset: group.start,
      length: group.text === null ? 0 : group.end - group.start,
      string: group.text,
      name: group.name,
    })),
  }
}
