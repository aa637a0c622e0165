import type { Temporal } from 'temporal-polyfill'
import { ExpressionError } from '../errors.ts'

/**
 * Whether a day is a public holiday, from the offline calendars of date-holidays (CC BY 3.0), which are loaded when first
 * asked for: they are some megabytes.
 */
export async function isPublicHoliday(
  day: Temporal.PlainDate,
  country: string,
  subdivision: string | undefined,
): Promise<boolean> {
  const { default: Holidays } = await import('date-holidays')
  const code = country.toUpperCase()
  const [region] = subdivision?.toUpperCase().replace(`${code}-`, '').split('-') ?? []
  const calendar = region === undefined ? new Holidays(code) : new Holidays(code, region)
  const known = new Holidays().getCountries()
  if (!Object.hasOwn(known, code)) {
    throw new ExpressionError('EXPRESSION_VALUE', `There is no holiday calendar of "${country}".`, {
      hint: 'Use an ISO 3166-1 code of two letters, such as DE.',
    })
  }
  if (region !== undefined && !Object.hasOwn(calendar.getStates(code) ?? {}, region)) {
    throw new ExpressionError(
      'EXPRESSION_VALUE',
      `${code} has no subdivision "${subdivision}" with holidays of its own.`,
    )
  }
  const date = day.toString()
  return calendar
    .getHolidays(day.year)
    .some((holiday) => holiday.type === 'public' && covers(holiday.date, holiday.end, holiday.start, date))
}

/** `date` is local text such as `2024-07-04 00:00:00`; a holiday that starts at noon still is that day's. */
function covers(written: string, end: Date, start: Date, date: string): boolean {
  const first = written.slice(0, 10)
  const days = Math.max(1, Math.round((end.getTime() - start.getTime()) / 86_400_000))
  const last = new Date(Date.parse(first) + (days - 1) * 86_400_000).toISOString().slice(0, 10)
  return first <= date && date <= last
}
