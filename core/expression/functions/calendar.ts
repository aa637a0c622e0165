import { isPublicHoliday } from '../date/holiday.ts'
import { readDate } from '../date/read.ts'
import { zoneOf } from '../date/timestamp.ts'
import { ExpressionError } from '../errors.ts'
import { optionalText, textArgument } from '../reference/argument.ts'
import type { Call, FunctionDefinition, ParameterDefinition } from '../reference/definition.ts'
import type { DateTime } from '../value/kind.ts'

const group = 'Calendar'

const date: ParameterDefinition = { name: 'date', type: 'date', summary: 'A date, or a text in ISO 8601.' }
const timeZone: ParameterDefinition = {
  name: 'timeZone',
  type: 'text',
  summary: 'The zone in which to look at the date.',
  isOptional: true,
  default: "the instance's",
}

const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']
const POSITIONS = ['FIRST', 'SECOND', 'THIRD', 'FOURTH']

export const CALENDAR_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: 'isWeekend',
    group,
    summary: 'Whether the date is a Saturday or Sunday.',
    parameters: [date, timeZone],
    examples: [{ template: '{{ isWeekend("2024-01-13T10:00:00Z") }}', output: 'true' }],
    call: (args, call) => dayArgument(args, 1, call).dayOfWeek > 5,
  },
  {
    name: 'isPublicHoliday',
    group,
    summary: 'Whether the date is a public holiday of a country.',
    parameters: [
      date,
      { name: 'countryCode', type: 'text', summary: 'ISO 3166-1 alpha-2, such as DE.' },
      { name: 'subDivision', type: 'text', summary: 'ISO 3166-2, such as DE-BY.', isOptional: true },
      timeZone,
    ],
    mayWait: true,
    examples: [
      { template: '{{ isPublicHoliday("2024-07-04", "US") }}', output: 'true' },
      { template: '{{ isPublicHoliday("2025-01-06", "DE", "DE-BY") }}', output: 'true' },
    ],
    call: (args, call) => {
      const [, country, subdivision] = args
      call.charge(10_000)
      return isPublicHoliday(
        dayArgument(args, 3, call).toPlainDate(),
        textArgument(country, 'countryCode', call),
        optionalText(subdivision, 'subDivision', call),
      )
    },
  },
  {
    name: 'isDayWeekInMonth',
    group,
    summary: 'Whether the date is the first, second, third, fourth or last of a weekday in its month.',
    parameters: [
      date,
      { name: 'dayOfWeek', type: 'text', summary: 'MONDAY to SUNDAY.' },
      { name: 'dayInMonth', type: 'text', summary: 'FIRST, SECOND, THIRD, FOURTH or LAST.' },
      timeZone,
    ],
    examples: [{ template: '{{ isDayWeekInMonth("2024-01-29", "MONDAY", "LAST") }}', output: 'true' }],
    call: isDayWeekInMonth,
  },
  {
    name: 'dayOfWeek',
    group,
    summary: 'The name of the day, such as MONDAY.',
    parameters: [date, timeZone],
    examples: [{ template: '{{ dayOfWeek("2024-01-15T10:30:00Z") }}', output: 'MONDAY' }],
    call: (args, call) => DAYS[dayArgument(args, 1, call).dayOfWeek - 1],
  },
  {
    name: 'dayOfMonth',
    group,
    summary: 'The day of the month, 1 to 31.',
    parameters: [date, timeZone],
    examples: [{ template: '{{ dayOfMonth("2024-01-15T10:30:00Z") }}', output: '15' }],
    call: (args, call) => dayArgument(args, 1, call).day,
  },
  {
    name: 'monthOfYear',
    group,
    summary: 'The month, 1 to 12.',
    parameters: [date, timeZone],
    examples: [{ template: '{{ monthOfYear("2024-01-15T10:30:00Z") }}', output: '1' }],
    call: (args, call) => dayArgument(args, 1, call).month,
  },
  {
    name: 'hourOfDay',
    group,
    summary: 'The hour, 0 to 23.',
    parameters: [date, timeZone],
    examples: [{ template: '{{ hourOfDay("2024-01-15T10:30:00Z") }}', output: '10' }],
    call: (args, call) => dayArgument(args, 1, call).hour,
  },
]

function dayArgument(args: readonly unknown[], zoneIndex: number, call: Call): DateTime {
  call.charge(300)
  return readDate(args[0], zoneOf(optionalText(args[zoneIndex], 'timeZone', call), call.services))
}

function isDayWeekInMonth(args: readonly unknown[], call: Call): boolean {
  const [, weekday, place] = args
  const day = dayArgument(args, 3, call)
  const wantedDay = oneOf(textArgument(weekday, 'dayOfWeek', call), DAYS, 'day of the week')
  const wantedPlace = oneOf(
    textArgument(place, 'dayInMonth', call),
    [...POSITIONS, 'LAST'],
    'place in the month',
  )
  if (day.dayOfWeek !== wantedDay + 1) return false
  if (wantedPlace === POSITIONS.length) return day.day + 7 > day.daysInMonth
  return Math.ceil(day.day / 7) === wantedPlace + 1
}

function oneOf(written: string, names: readonly string[], what: string): number {
  const index = names.indexOf(written.toUpperCase())
  if (index !== -1) return index
  throw new ExpressionError('EXPRESSION_VALUE', `There is no ${what} "${written}".`, {
    hint: `There are ${names.join(', ')}.`,
  })
}
