import { Temporal } from 'temporal-polyfill'
import { dayNames, monthNames } from '../date/locale.ts'
import { readDate } from '../date/read.ts'
import { ExpressionError } from '../errors.ts'
import type { DateTime } from '../value/kind.ts'
import { isNumeric, toNumber } from '../value/number.ts'
import type { Native } from './evaluation.ts'
import { JqError } from './jq-error.ts'
import { number, onValues, text } from './native-values.ts'
import { typeOf } from './value.ts'

// Dates are seconds since 1970, or "broken down" into [year, month from 0, day, hours, minutes, seconds, weekday, day of year].

export const DATE_NATIVES: readonly (readonly [string, Native])[] = [
  ['gmtime/0', onValues((input) => brokenDown(fromSeconds(number(input, 'gmtime'))))],
  ['mktime/0', onValues((input) => Math.floor(toDate(input, 'mktime').epochMilliseconds / 1000))],
  [
    'strftime/1',
    onValues((input, [format]) => formatted(toDate(input, 'strftime'), text(format, 'strftime'))),
  ],
  [
    'strptime/1',
    onValues((input, [format]) => brokenDown(parsed(text(input, 'strptime'), text(format, 'strptime')))),
  ],
]

function fromSeconds(seconds: number): DateTime {
  const nanoseconds = BigInt(Math.round(seconds * 1e6)) * 1_000n
  return inRange(() => new Temporal.ZonedDateTime(nanoseconds, 'UTC'))
}

function inRange<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof RangeError) throw new JqError('The date is out of range')
    throw error
  }
}

function brokenDown(date: DateTime): number[] {
  const seconds = date.second + date.millisecond / 1e3 + date.microsecond / 1e6
  return [
    date.year,
    date.month - 1,
    date.day,
    date.hour,
    date.minute,
    seconds,
    date.dayOfWeek % 7,
    date.dayOfYear - 1,
  ]
}

function toDate(value: unknown, name: string): DateTime {
  if (isNumeric(value)) return fromSeconds(toNumber(value))
  if (!Array.isArray(value) || value.length < 6 || !value.every(isNumeric)) {
    throw new JqError(`${name} requires array of 6 numbers, not ${typeOf(value)}`)
  }
  const [year = 1970, month = 0, day = 1, hour = 0, minute = 0, second = 0] = value.map((part) =>
    Math.floor(toNumber(part)),
  )
  return inRange(() =>
    new Temporal.PlainDateTime(year, 1, 1)
      .add({ months: month, days: day - 1, hours: hour, minutes: minute, seconds: second })
      .toZonedDateTime('UTC'),
  )
}

const DIRECTIVES: Readonly<Record<string, (date: DateTime) => string>> = {
  Y: (date) => String(date.year),
  C: (date) => padded(Math.floor(date.year / 100)),
  y: (date) => padded(date.year % 100),
  m: (date) => padded(date.month),
  d: (date) => padded(date.day),
  e: (date) => String(date.day).padStart(2, ' '),
  H: (date) => padded(date.hour),
  I: (date) => padded(date.hour % 12 === 0 ? 12 : date.hour % 12),
  M: (date) => padded(date.minute),
  S: (date) => padded(date.second),
  j: (date) => padded(date.dayOfYear, 3),
  p: (date) => (date.hour < 12 ? 'AM' : 'PM'),
  Z: () => 'UTC',
  z: () => '+0000',
  a: (date) => dayNames('en-US', 'short')[date.dayOfWeek - 1] ?? '',
  A: (date) => dayNames('en-US', 'long')[date.dayOfWeek - 1] ?? '',
  b: (date) => monthNames('en-US', 'short')[date.month - 1] ?? '',
  h: (date) => monthNames('en-US', 'short')[date.month - 1] ?? '',
  B: (date) => monthNames('en-US', 'long')[date.month - 1] ?? '',
  u: (date) => String(date.dayOfWeek),
  w: (date) => String(date.dayOfWeek % 7),
  G: (date) => String(date.yearOfWeek),
  V: (date) => padded(date.weekOfYear ?? 1),
  s: (date) => String(Math.floor(date.epochMilliseconds / 1000)),
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
}

/** Directives that stand for several others. */
const COMPOUND: ReadonlyMap<string, string> = new Map([
  ['F', '%Y-%m-%d'],
  ['T', '%H:%M:%S'],
  ['R', '%H:%M'],
  ['D', '%m/%d/%y'],
  ['c', '%a %b %e %H:%M:%S %Y'],
])

function expanded(format: string): string {
  return format.replace(/%([FTRDc])/g, (_, letter) => COMPOUND.get(letter) ?? '')
}

function formatted(date: DateTime, format: string): string {
  return expanded(format).replace(/%(.)/g, (whole, letter) => DIRECTIVES[letter]?.(date) ?? whole)
}

/** Java's letters for what strptime reads. */
const JAVA: ReadonlyMap<string, string> = new Map([
  ['Y', 'yyyy'],
  ['m', 'MM'],
  ['d', 'dd'],
  ['e', 'd'],
  ['H', 'HH'],
  ['I', 'hh'],
  ['M', 'mm'],
  ['S', 'ss'],
  ['j', 'DDD'],
  ['p', 'a'],
  ['a', 'EEE'],
  ['A', 'EEEE'],
  ['b', 'MMM'],
  ['h', 'MMM'],
  ['B', 'MMMM'],
  ['z', 'XX'],
  ['Z', 'z'],
  ['y', 'yy'],
])

function parsed(value: string, format: string): DateTime {
  const pattern = expanded(format).replace(/%(.)|[A-Za-z]+|'|[[\]{}#]/g, (whole, letter) => {
    if (letter === undefined) return whole === "'" ? "''" : `'${whole}'`
    return JAVA.get(letter) ?? `'${letter}'`
  })
  try {
    return readDate(value, 'UTC', pattern)
  } catch (error) {
    if (error instanceof ExpressionError)
      throw new JqError(`date "${value.slice(0, 40)}" does not match format "${format}"`)
    throw error
  }
}

function padded(value: number, length = 2): string {
  return String(value).padStart(length, '0')
}
