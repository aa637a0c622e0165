import { Temporal } from 'temporal-polyfill'
import { ExpressionError } from '../errors.ts'
import { type DateTime, describeKind, isDateTime } from '../value/kind.ts'
import { isInteger, isNumeric, type Numeric, toNumber } from '../value/number.ts'
import { Real } from '../value/real.ts'
import { partsOf } from './format.ts'
import { parseWithParts } from './parse.ts'
import { zoneId } from './zone.ts'

const ISO =
  /^([+-]?\d{4,6})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?)?\s?([Zz]|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?(?:\[([^\]]{1,60})\])?$/

/**
 * Any value as a date in `zone`: a date, an ISO 8601 text (without offset it is local to the zone, without time it is the
 * start of the day), a text in `existingFormat`, or a Unix timestamp, whose number of digits tells seconds from
 * milliseconds, microseconds and nanoseconds.
 *
 * @throws ExpressionError for what is none of these
 */
export function readDate(value: unknown, zone: string, existingFormat?: string, locale?: string): DateTime {
  try {
    return read(value, zone, existingFormat, locale).withTimeZone(zone)
  } catch (error) {
    // Temporal's word for a day, an hour or a year that there is not.
    if (error instanceof RangeError) throw notADate(value, existingFormat)
    throw error
  }
}

function read(
  value: unknown,
  zone: string,
  existingFormat: string | undefined,
  locale: string | undefined,
): DateTime {
  if (isDateTime(value)) return value
  if (value instanceof Date)
    return Temporal.Instant.fromEpochMilliseconds(value.getTime()).toZonedDateTimeISO(zone)
  if (isNumeric(value)) return fromTimestamp(value instanceof Real ? value.value : value, zone)
  if (typeof value !== 'string') {
    throw new ExpressionError('EXPRESSION_VALUE', `A date is needed, not ${describeKind(value)}.`)
  }
  const text = value.trim()
  if (existingFormat !== undefined)
    return parseWithParts(text, partsOf(existingFormat), existingFormat, zone, locale)
  const iso = ISO.exec(text)
  if (iso !== null) return fromIso(iso, zone)
  if (/^-?\d{1,19}$/.test(text)) return fromTimestamp(BigInt(text), zone)
  throw notADate(value, undefined)
}

function fromIso(match: RegExpExecArray, zone: string): DateTime {
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = '', offset, named] = match
  const nanoseconds = fraction.padEnd(9, '0')
  const local = Temporal.PlainDateTime.from(
    {
      year: Number(year),
      month: Number(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
      millisecond: Number(nanoseconds.slice(0, 3)),
      microsecond: Number(nanoseconds.slice(3, 6)),
      nanosecond: Number(nanoseconds.slice(6, 9)),
    },
    { overflow: 'reject' },
  )
  const ownZone = named === undefined ? undefined : zoneId(named)
  if (offset === undefined) return local.toZonedDateTime(ownZone ?? zone)
  const utc = local.toZonedDateTime('UTC').epochNanoseconds - offsetNanoseconds(offset)
  return new Temporal.ZonedDateTime(utc, ownZone ?? zone)
}

/** Nanoseconds of `Z`, `+02`, `+0230`, `-02:30:15`. */
export function offsetNanoseconds(offset: string): bigint {
  if (/^z$/i.test(offset)) return 0n
  const [hours = 0, minutes = 0, seconds = 0] = (offset.match(/\d\d/g) ?? []).map(Number)
  const total = BigInt((hours * 60 + minutes) * 60 + seconds) * 1_000_000_000n
  return offset.startsWith('-') ? -total : total
}

function fromTimestamp(value: Exclude<Numeric, Real>, zone: string): DateTime {
  const size = Math.abs(toNumber(value))
  const perUnit = UNITS.find(([below]) => size < below)?.[1] ?? 1n
  const nanoseconds = isInteger(value)
    ? BigInt(value) * perUnit
    : (BigInt(Math.round(toNumber(value) * 1_000)) * perUnit) / 1_000n
  return new Temporal.ZonedDateTime(nanoseconds, zone)
}

/** Bounds of what counts as seconds (up to the year 5138), milliseconds and microseconds, with their nanoseconds. */
const UNITS: readonly (readonly [number, bigint])[] = [
  [1e11, 1_000_000_000n],
  [1e14, 1_000_000n],
  [1e17, 1_000n],
]

function notADate(value: unknown, existingFormat: string | undefined): ExpressionError {
  const shown = JSON.stringify(String(value).slice(0, 60))
  if (existingFormat !== undefined) {
    return new ExpressionError(
      'EXPRESSION_VALUE',
      `${shown} is not a date in the format "${existingFormat}".`,
    )
  }
  return new ExpressionError('EXPRESSION_VALUE', `${shown} is not a date.`, {
    hint: 'Say how it is written with existingFormat, as in date("yyyy-MM-dd", existingFormat="dd/MM/yyyy").',
  })
}
