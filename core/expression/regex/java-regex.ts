import { RE2JS, RE2JSException } from 're2js'
import { ExpressionError } from '../errors.ts'
import { MAX_ITEMS, MAX_REGEX_LENGTH, MAX_REGEX_WORK, MAX_TEXT_LENGTH } from '../limits.ts'
import type { Meter } from '../value/meter.ts'

// RE2 reads Java's syntax but for look-around, back references and possessive quantifiers, and its time is linear in the
// input: no pattern can hang a rendering, which the reference needs a time-out for.

/** Whether the text contains a match. */
export function containsMatch(text: string, pattern: string, meter: Meter): boolean {
  return compile(pattern, text, meter).matcher(text).find()
}

/** All matches replaced; `$1` and `${name}` in the replacement stand for groups, a backslash takes the meaning away. */
export function replaceMatches(text: string, pattern: string, replacement: string, meter: Meter): string {
  const matcher = compile(pattern, text, meter).matcher(text)
  let result = ''
  let from = 0
  for (let count = 0; matcher.find(); count++) {
    result += text.slice(from, matcher.start()) + expand(replacement, matcher)
    from = matcher.end()
    meter.charge(1)
    if (result.length > MAX_TEXT_LENGTH || count > MAX_ITEMS) {
      throw new ExpressionError('EXPRESSION_LIMIT', `A text may have ${MAX_TEXT_LENGTH} characters.`)
    }
  }
  return result + text.slice(from)
}

/** The group of the first match, null when nothing matches. @throws ExpressionError when there is no such group */
export function extractMatch(text: string, pattern: string, group: number, meter: Meter): string | null {
  const matcher = compile(pattern, text, meter).matcher(text)
  if (group < 0 || group > matcher.groupCount()) {
    throw new ExpressionError('EXPRESSION_VALUE', `The regular expression has no group ${group}.`, {
      hint: `It has ${matcher.groupCount()}; 0 is the whole match.`,
    })
  }
  return matcher.find() ? matcher.group(group) : null
}

export interface RegexGroup {
  readonly name: string | null
  /** Null for a group that took no part in the match; `start` and `end` are -1 then. */
  readonly text: string | null
  readonly start: number
  readonly end: number
}

export interface RegexMatch {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly groups: readonly RegexGroup[]
}

/** The matches from left to right, at most `count` of them, with their groups. */
export function findMatches(
  text: string,
  pattern: string,
  count: number | undefined,
  meter: Meter,
): RegexMatch[] {
  const regex = compile(pattern, text, meter)
  const matcher = regex.matcher(text)
  const names = new Map(Object.entries(regex.namedGroups()).map(([name, index]) => [index, name]))
  const matches: RegexMatch[] = []
  while ((count === undefined || matches.length < count) && matcher.find()) {
    meter.charge(1 + matcher.groupCount())
    const groups = Array.from({ length: matcher.groupCount() }, (_, index) => ({
      name: names.get(index + 1) ?? null,
      text: matcher.group(index + 1),
      start: matcher.start(index + 1),
      end: matcher.end(index + 1),
    }))
    matches.push({ text: matcher.group() ?? '', start: matcher.start(), end: matcher.end(), groups })
  }
  return matches
}

/**
 * Splits as Java's String.split: `limit` above 0 is the greatest number of pieces, 0 drops empty pieces at the end,
 * below 0 keeps them.
 */
export function splitAtMatches(text: string, pattern: string, limit: number, meter: Meter): string[] {
  const matcher = compile(pattern, text, meter).matcher(text)
  const pieces: string[] = []
  let from = 0
  while ((limit <= 0 || pieces.length < limit - 1) && matcher.find()) {
    const start = matcher.start()
    const end = matcher.end()
    // As in Java, an empty match at the very beginning makes no empty piece.
    if (end === 0) continue
    pieces.push(text.slice(from, start))
    from = end
    meter.charge(1)
  }
  pieces.push(text.slice(from))
  if (limit === 0) while (pieces.length > 1 && pieces.at(-1) === '') pieces.pop()
  return pieces
}

/** @throws ExpressionError with what is wrong in the pattern */
function compile(pattern: string, text: string, meter: Meter): RE2JS {
  if (pattern.length > MAX_REGEX_LENGTH) {
    throw new ExpressionError(
      'EXPRESSION_LIMIT',
      `A regular expression may have ${MAX_REGEX_LENGTH} characters.`,
    )
  }
  if (pattern.length * text.length > MAX_REGEX_WORK) {
    throw new ExpressionError('EXPRESSION_LIMIT', 'The text is too long for this regular expression.')
  }
  meter.charge(10 + text.length + Math.ceil((pattern.length * text.length) / 64))
  const cached = compiled.get(pattern)
  if (cached !== undefined) return cached
  try {
    const regex = RE2JS.compile(pattern)
    meter.charge(pattern.length)
    if (compiled.size >= MAX_COMPILED) compiled.clear()
    compiled.set(pattern, regex)
    return regex
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw new ExpressionError('EXPRESSION_VALUE', `The regular expression is not valid: ${error.message}.`, {
      hint: 'Look-around, back references and possessive quantifiers are not available; matching is linear in time.',
    })
  }
}

const MAX_COMPILED = 500
const compiled = new Map<string, RE2JS>()

type Matcher = ReturnType<RE2JS['matcher']>

function expand(replacement: string, matcher: Matcher): string {
  return replacement.replace(
    /\\(.)|\$(?:(\d)|\{(\w+)\})/gs,
    (_, escaped: string | undefined, digit: string | undefined, name: string | undefined) => {
      if (escaped !== undefined) return escaped
      if (name !== undefined) return matcher.group(name) ?? ''
      const group = Number(digit)
      if (group > matcher.groupCount()) {
        throw new ExpressionError('EXPRESSION_VALUE', `The regular expression has no group ${group}.`)
      }
      return matcher.group(group) ?? ''
    },
  )
}
