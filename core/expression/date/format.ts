import type { DateTime } from '../value/kind.ts'
import { dayNames, formatterFor, halfDayNames, hasSundayWeeks, monthNames, type NameWidth } from './locale.ts'
import { NAMED_FORMATS, UTC_FORMATS } from './named-formats.ts'
import { formatOffset } from './offset.ts'
import { type FieldLetter, type PatternPart, readPattern } from './pattern.ts'
import { weekDate, weekOfMonth } from './week.ts'

/** Formats with a Java pattern or a named format, in the date's own zone. @throws ExpressionError for a bad pattern */
export function formatDate(date: DateTime, format: string, locale: string): string {
  const shown = UTC_FORMATS.has(format) ? date.withTimeZone('UTC') : date
  return formatParts(shown, partsOf(format), format === 'iso_week_date' ? 'en-GB' : locale)
}

/** The parts of a format, read once. */
export function partsOf(format: string): readonly PatternPart[] {
  const known = NAMED_FORMATS.get(format) ?? patterns.get(format)
  if (known !== undefined) return known
  const parts = readPattern(format)
  if (patterns.size >= MAX_PATTERNS) patterns.clear()
  patterns.set(format, parts)
  return parts
}

const MAX_PATTERNS = 1_000
const patterns = new Map<string, readonly PatternPart[]>()

function formatParts(date: DateTime, parts: readonly PatternPart[], locale: string): string {
  let text = ''
  for (const part of parts) {
    switch (part.type) {
      case 'literal':
        text += part.text
        break
      case 'field':
        text += FIELDS[part.letter](date, part.count, locale)
        break
      case 'optional':
        text += formatParts(date, part.parts, locale)
        break
      case 'fraction':
        text += nanosecondDigits(date).replace(/^(\d*?)0*$/, (_, digits) =>
          digits === '' ? '' : `.${digits}`,
        )
        break
      case 'style':
        text += formatterFor(locale, {
          dateStyle: part.style,
          timeStyle: part.style,
          timeZone: date.timeZoneId,
        }).format(date.epochMilliseconds)
        break
      default:
        part satisfies never
    }
  }
  return text
}

type FormatField = (date: DateTime, count: number, locale: string) => string

const FIELDS: Readonly<Record<FieldLetter, FormatField>> = {
  G: (date, count) =>
    (date.year > 0 ? ['AD', 'Anno Domini', 'A'] : ['BC', 'Before Christ', 'B'])[count < 4 ? 0 : count - 3] ??
    '',
  u: (date, count) => (count === 2 ? padded(date.year % 100, 2) : padded(date.year, count)),
  y: (date, count) => {
    const year = date.year > 0 ? date.year : 1 - date.year
    return count === 2 ? padded(year % 100, 2) : padded(year, count)
  },
  D: (date, count) => padded(date.dayOfYear, count),
  M: month,
  L: month,
  d: (date, count) => padded(date.day, count),
  Q: quarter,
  q: quarter,
  Y: (date, count, locale) => {
    const { year } = weekDate(date, hasSundayWeeks(locale))
    return count === 2 ? padded(year % 100, 2) : padded(year, count)
  },
  w: (date, count, locale) => padded(weekDate(date, hasSundayWeeks(locale)).week, count),
  W: (date, count, locale) => padded(weekOfMonth(date, hasSundayWeeks(locale)), count),
  E: (date, count, locale) => dayName(date, count, locale),
  e: localDay,
  c: localDay,
  F: (date, count) => padded(Math.ceil(date.day / 7), count),
  a: (date, _count, locale) => halfDayNames(locale)[date.hour < 12 ? 0 : 1],
  B: (date, _count, locale) =>
    formatterFor(locale, {
      hour: 'numeric',
      dayPeriod: 'long',
      hour12: true,
      timeZone: date.timeZoneId,
    })
      .formatToParts(date.epochMilliseconds)
      .find((part) => part.type === 'dayPeriod')?.value ?? '',
  h: (date, count) => padded(date.hour % 12 === 0 ? 12 : date.hour % 12, count),
  K: (date, count) => padded(date.hour % 12, count),
  k: (date, count) => padded(date.hour === 0 ? 24 : date.hour, count),
  H: (date, count) => padded(date.hour, count),
  m: (date, count) => padded(date.minute, count),
  s: (date, count) => padded(date.second, count),
  S: (date, count) => nanosecondDigits(date).padEnd(count, '0').slice(0, count),
  A: (date, count) => padded(Number(nanosecondOfDay(date) / 1_000_000n), count),
  n: (date, count) => padded(Number(nanosecondDigits(date)), count),
  N: (date, count) => nanosecondOfDay(date).toString().padStart(count, '0'),
  V: (date) => (date.timeZoneId.startsWith('+00:00') ? 'Z' : date.timeZoneId),
  v: (date, count, locale) => zoneName(date, count < 4 ? 'shortGeneric' : 'longGeneric', locale),
  z: (date, count, locale) => zoneName(date, count < 4 ? 'short' : 'long', locale),
  O: (date, count) => formatOffset(date.offsetNanoseconds, 'O', count),
  X: (date, count) => formatOffset(date.offsetNanoseconds, 'X', count),
  x: (date, count) => formatOffset(date.offsetNanoseconds, 'x', count),
  Z: (date, count) => formatOffset(date.offsetNanoseconds, 'Z', count),
}

function padded(value: number, count: number): string {
  const digits = String(Math.abs(value)).padStart(count, '0')
  return value < 0 ? `-${digits}` : digits
}

function month(date: DateTime, count: number, locale: string): string {
  if (count <= 2) return padded(date.month, count)
  return monthNames(locale, widthOf(count))[date.month - 1] ?? ''
}

function quarter(date: DateTime, count: number): string {
  const number = Math.ceil(date.month / 3)
  if (count <= 2) return padded(number, count)
  return count === 4
    ? `${['1st', '2nd', '3rd', '4th'][number - 1]} quarter`
    : count === 3
      ? `Q${number}`
      : String(number)
}

function dayName(date: DateTime, count: number, locale: string): string {
  return dayNames(locale, widthOf(count))[date.dayOfWeek - 1] ?? ''
}

function localDay(date: DateTime, count: number, locale: string): string {
  return count <= 2 ? padded(weekDate(date, hasSundayWeeks(locale)).day, count) : dayName(date, count, locale)
}

function widthOf(count: number): NameWidth {
  if (count === 4) return 'long'
  return count === 5 ? 'narrow' : 'short'
}

function zoneName(
  date: DateTime,
  timeZoneName: 'short' | 'long' | 'shortGeneric' | 'longGeneric',
  locale: string,
): string {
  const format = formatterFor(locale, { timeZone: date.timeZoneId, timeZoneName })
  return (
    format.formatToParts(date.epochMilliseconds).find((part) => part.type === 'timeZoneName')?.value ?? ''
  )
}

function nanosecondDigits(date: DateTime): string {
  return String(date.millisecond * 1_000_000 + date.microsecond * 1_000 + date.nanosecond).padStart(9, '0')
}

function nanosecondOfDay(date: DateTime): bigint {
  const seconds = (date.hour * 60 + date.minute) * 60 + date.second
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanosecondDigits(date))
}
