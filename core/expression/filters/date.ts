import { formatDate } from '../date/format.ts'
import { DEFAULT_LOCALE, localeTag } from '../date/locale.ts'
import { readDate } from '../date/read.ts'
import { zoneOf } from '../date/timestamp.ts'
import { ExpressionError } from '../errors.ts'
import { integerArgument, optionalText, textArgument } from '../reference/argument.ts'
import type { Call, FilterDefinition, ParameterDefinition } from '../reference/definition.ts'
import type { DateTime } from '../value/kind.ts'
import { shortest } from '../value/number.ts'

const group = 'Dates'

/** Time zones and names of days are looked up in tables: some tens of microseconds. */
const WORK_PER_DATE = 300

const existingFormat: ParameterDefinition = {
  name: 'existingFormat',
  type: 'text',
  summary: 'How the input is written, if not in ISO 8601.',
  isOptional: true,
}
const timeZone: ParameterDefinition = {
  name: 'timeZone',
  type: 'text',
  summary: 'A zone such as Europe/Paris or +02:00.',
  isOptional: true,
  default: "the instance's zone, UTC if it has none",
}

export const DATE_FILTERS: readonly FilterDefinition[] = [
  {
    name: 'date',
    group,
    summary:
      "The date in a format: a pattern of Java's DateTimeFormatter, or iso, iso_sec, sql, sql_seq, iso_date_time, iso_zoned_date_time and its other constants, full, long, medium, short.",
    parameters: [
      { name: 'format', type: 'text', summary: 'The format to print.', isOptional: true, default: 'iso' },
      timeZone,
      existingFormat,
      {
        name: 'locale',
        type: 'text',
        summary: 'Language of names, such as fr or pt-BR.',
        isOptional: true,
        default: 'en',
      },
    ],
    examples: [
      { template: '{{ "2024-01-15T10:30:00Z" | date("yyyy/MM/dd") }}', output: '2024/01/15' },
      { template: '{{ "2024-01-15T10:30:00Z" | date("HH:mm", timeZone="Asia/Kolkata") }}', output: '16:00' },
      {
        template: '{{ "2024-January-5" | date(existingFormat="yyyy-MMMM-d", format="yyyy/MM/dd") }}',
        output: '2024/01/05',
      },
    ],
    apply: (input, [format, zone, existing, locale], call) => {
      const language = optionalText(locale, 'locale', call)
      const tag = language === undefined ? DEFAULT_LOCALE : localeTag(language)
      const date = dateInput(input, zone, existing, call, tag)
      return formatDate(date, optionalText(format, 'format', call) ?? 'iso', tag)
    },
  },
  {
    name: 'dateAdd',
    group,
    summary: 'The date moved by an amount, which may be negative.',
    parameters: [
      { name: 'amount', type: 'integer', summary: 'How much.' },
      {
        name: 'unit',
        type: 'text',
        summary:
          'NANOS, MICROS, MILLIS, SECONDS, MINUTES, HOURS, HALF_DAYS, DAYS, WEEKS, MONTHS, YEARS, DECADES or CENTURIES.',
      },
      timeZone,
      existingFormat,
    ],
    examples: [
      { template: '{{ "2024-01-15T10:30:00Z" | dateAdd(-1, "DAYS") }}', output: '2024-01-14T10:30:00Z' },
      { template: '{{ "2024-01-31" | dateAdd(1, "MONTHS") | date("yyyy-MM-dd") }}', output: '2024-02-29' },
    ],
    apply: (input, [amount, unit, zone, existing], call) =>
      moved(
        dateInput(input, zone, existing, call),
        integerArgument(amount, 'amount'),
        textArgument(unit, 'unit', call),
      ),
  },
  timestampFilter('timestamp', 'seconds', 1_000_000_000n, '1705314600'),
  timestampFilter('timestampMilli', 'milliseconds', 1_000_000n, '1705314600000'),
  timestampFilter('timestampMicro', 'microseconds', 1_000n, '1705314600000000'),
  timestampFilter('timestampNano', 'nanoseconds', 1n, '1705314600000000000'),
]

function timestampFilter(name: string, unit: string, nanoseconds: bigint, output: string): FilterDefinition {
  return {
    name,
    group,
    summary: `The Unix timestamp in ${unit}.`,
    parameters: [existingFormat, timeZone],
    examples: [{ template: `{{ "2024-01-15T10:30:00Z" | ${name} }}`, output }],
    apply: (input, [existing, zone], call) => {
      const { epochNanoseconds } = dateInput(input, zone, existing, call)
      const quotient = epochNanoseconds / nanoseconds
      // Rounded down before 1970 as well.
      return shortest(quotient * nanoseconds > epochNanoseconds ? quotient - 1n : quotient)
    },
  }
}

function dateInput(input: unknown, zone: unknown, existing: unknown, call: Call, locale?: string): DateTime {
  call.charge(WORK_PER_DATE)
  return readDate(
    input,
    zoneOf(optionalText(zone, 'timeZone', call), call.services),
    optionalText(existing, 'existingFormat', call),
    locale,
  )
}

/** ChronoUnit's names, each as a number of one of Temporal's units. */
const UNITS = {
  NANOS: ['nanoseconds', 1],
  MICROS: ['microseconds', 1],
  MILLIS: ['milliseconds', 1],
  SECONDS: ['seconds', 1],
  MINUTES: ['minutes', 1],
  HOURS: ['hours', 1],
  HALF_DAYS: ['hours', 12],
  DAYS: ['days', 1],
  WEEKS: ['weeks', 1],
  MONTHS: ['months', 1],
  YEARS: ['years', 1],
  DECADES: ['years', 10],
  CENTURIES: ['years', 100],
  MILLENNIA: ['years', 1000],
} as const

function isUnit(name: string): name is keyof typeof UNITS {
  return Object.hasOwn(UNITS, name)
}

function moved(date: DateTime, amount: number, unit: string): DateTime {
  const name = unit.toUpperCase()
  if (!isUnit(name)) {
    throw new ExpressionError('EXPRESSION_VALUE', `There is no unit "${unit}".`, {
      hint: `There are ${Object.keys(UNITS).join(', ')}.`,
    })
  }
  const [field, factor] = UNITS[name]
  try {
    return date.add({ [field]: amount * factor })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new ExpressionError('EXPRESSION_VALUE', `${amount} ${name} lead beyond the dates that there are.`)
  }
}
