import { Temporal } from 'temporal-polyfill'
import { ExpressionError } from '../errors.ts'
import type { DateTime } from '../value/kind.ts'
import { DEFAULT_LOCALE, dayNames, halfDayNames, monthNames } from './locale.ts'
import type { FieldLetter, PatternPart } from './pattern.ts'
import { zoneId } from './zone.ts'

/** Fields read from a text, by pattern letter; numbers, or the text of a zone or offset. */
type Fields = Map<FieldLetter, number | string>

/** Reads a text in a format. What the format leaves out is the start: 1970, 1 January, midnight. @throws ExpressionError */
export function parseWithParts(
  text: string,
  parts: readonly PatternPart[],
  format: string,
  zone: string,
  locale = DEFAULT_LOCALE,
): DateTime {
  const fields: Fields = new Map()
  const end = readParts(text, 0, parts, fields, locale)
  if (end !== text.length) {
    throw new ExpressionError(
      'EXPRESSION_VALUE',
      `${JSON.stringify(text.slice(0, 60))} is not a date in the format "${format}".`,
    )
  }
  return resolve(fields, zone)
}

/** @returns the offset behind what was read, or -1 */
function readParts(
  text: string,
  start: number,
  parts: readonly PatternPart[],
  fields: Fields,
  locale: string,
): number {
  let at = start
  for (const [index, part] of parts.entries()) {
    if (part.type === 'literal') at = text.startsWith(part.text, at) ? at + part.text.length : -1
    else if (part.type === 'field') at = readField(text, at, part, isDigits(parts[index + 1]), fields, locale)
    else if (part.type === 'fraction') at = readFraction(text, at, fields)
    else if (part.type === 'optional') {
      const attempt: Fields = new Map()
      const end = readParts(text, at, part.parts, attempt, locale)
      if (end !== -1) {
        at = end
        for (const [letter, value] of attempt) fields.set(letter, value)
      }
    } else at = -1
    if (at === -1) return -1
  }
  return at
}

const NUMBERS: ReadonlySet<FieldLetter> = new Set([
  'u',
  'y',
  'D',
  'd',
  'h',
  'K',
  'k',
  'H',
  'm',
  's',
  'S',
  'A',
  'n',
  'N',
  'Q',
  'q',
])

function isDigits(part: PatternPart | undefined): boolean {
  if (part?.type !== 'field') return false
  return NUMBERS.has(part.letter) || ((part.letter === 'M' || part.letter === 'L') && part.count <= 2)
}

function readField(
  text: string,
  at: number,
  part: PatternPart & { readonly type: 'field' },
  isAdjacent: boolean,
  fields: Fields,
  locale: string,
): number {
  const { letter, count } = part
  if (isDigits(part)) return readNumber(text, at, letter, count, isAdjacent, fields)
  switch (letter) {
    case 'M':
    case 'L':
      return readName(text, at, monthNames(locale, count === 4 ? 'long' : 'short'), (index) =>
        fields.set('M', index + 1),
      )
    case 'E':
    case 'e':
    case 'c':
      // The day's name follows from the date: it is read over.
      return readName(text, at, dayNames(locale, count === 4 ? 'long' : 'short'), () => undefined)
    case 'a':
      return readName(text, at, halfDayNames(locale), (index) => fields.set('a', index))
    case 'G':
      return readName(text, at, ['AD', 'BC'], (index) => fields.set('G', index))
    case 'X':
    case 'x':
    case 'Z':
    case 'O':
      return readMatch(text, at, /(?:GMT|UTC)?([+-]\d{1,2}(?::?\d\d)?)|Z|GMT|UTC/iy, (match) =>
        fields.set('X', match[1] ?? 'Z'),
      )
    case 'V':
    case 'v':
    case 'z':
      return readMatch(text, at, /[A-Za-z][\w/+-]*|[+-]\d\d:\d\d/y, (match) => fields.set('V', match[0]))
    default:
      throw new ExpressionError('EXPRESSION_VALUE', `The letter "${letter}" can only be printed, not read.`)
  }
}

function readNumber(
  text: string,
  at: number,
  letter: FieldLetter,
  count: number,
  isAdjacent: boolean,
  fields: Fields,
): number {
  const exact = isAdjacent || count === 2 || letter === 'S'
  const pattern = exact ? `\\d{${count}}` : `\\d{${count},${Math.max(count, 10)}}`
  const signed = (letter === 'u' || letter === 'y') && !exact ? `[+-]?${pattern}` : pattern
  return readMatch(text, at, new RegExp(signed, 'y'), ([digits]) => {
    if (letter === 'S') fields.set('S', Number(digits.padEnd(9, '0').slice(0, 9)))
    else if ((letter === 'y' || letter === 'u') && count === 2) fields.set('y', 2000 + Number(digits))
    else fields.set(letter === 'L' ? 'M' : letter === 'u' ? 'y' : letter, Number(digits))
  })
}

function readFraction(text: string, at: number, fields: Fields): number {
  const end = readMatch(text, at, /[.,](\d{1,9})/y, (match) =>
    fields.set('S', Number((match[1] ?? '').padEnd(9, '0'))),
  )
  return end === -1 ? at : end
}

function readMatch(
  text: string,
  at: number,
  pattern: RegExp,
  take: (match: RegExpExecArray) => void,
): number {
  pattern.lastIndex = at
  const match = pattern.exec(text)
  if (match === null) return -1
  take(match)
  return pattern.lastIndex
}

/** The longest name that stands here, in whatever case. */
function readName(text: string, at: number, names: readonly string[], take: (index: number) => void): number {
  const rest = text.slice(at, at + MAX_NAME_LENGTH).toLowerCase()
  let best = -1
  for (const [index, name] of names.entries()) {
    const isLonger = best === -1 || name.length > (names[best]?.length ?? 0)
    if (isLonger && name !== '' && rest.startsWith(name.toLowerCase())) best = index
  }
  if (best === -1) return -1
  take(best)
  return at + (names[best]?.length ?? 0)
}

const MAX_NAME_LENGTH = 40

function resolve(fields: Fields, zone: string): DateTime {
  const number = (letter: FieldLetter, otherwise: number): number => {
    const value = fields.get(letter)
    return typeof value === 'number' ? value : otherwise
  }
  const yearOfEra = number('y', 1970)
  const year = fields.get('G') === 1 ? 1 - yearOfEra : yearOfEra
  const dayOfYear = fields.get('D')
  const date =
    typeof dayOfYear === 'number'
      ? new Temporal.PlainDate(year, 1, 1).add({ days: dayOfYear - 1 })
      : new Temporal.PlainDate(year, number('M', 1), number('d', 1))
  const nanoseconds = number('n', number('S', 0))
  const time = new Temporal.PlainTime(
    hourOf(number, fields),
    number('m', 0),
    number('s', 0),
    Math.trunc(nanoseconds / 1_000_000),
    Math.trunc(nanoseconds / 1_000) % 1_000,
    nanoseconds % 1_000,
  )
  const local = date.toPlainDateTime(time)
  const offset = fields.get('X')
  const named = fields.get('V')
  if (typeof offset === 'string') return local.toZonedDateTime(zoneId(offset))
  return local.toZonedDateTime(typeof named === 'string' ? zoneId(named) : zone)
}

function hourOf(number: (letter: FieldLetter, otherwise: number) => number, fields: Fields): number {
  if (fields.has('H')) return number('H', 0)
  if (fields.has('k')) return number('k', 0) % 24
  if (!fields.has('h') && !fields.has('K')) return 0
  const half = fields.has('h') ? number('h', 0) % 12 : number('K', 0)
  return half + 12 * number('a', 0)
}
