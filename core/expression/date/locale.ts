import { ExpressionError } from '../errors.ts'

export const DEFAULT_LOCALE = 'en-US'

/** A BCP 47 tag of a locale written in either style: `fr`, `fr_FR`, `fr-FR`. @throws ExpressionError */
export function localeTag(written: string): string {
  try {
    const tag = Intl.getCanonicalLocales(written.replaceAll('_', '-'))[0]
    if (tag !== undefined && tag.length <= MAX_TAG_LENGTH) return tag
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw new ExpressionError(
    'EXPRESSION_VALUE',
    `There is no locale ${JSON.stringify(written.slice(0, 40))}.`,
    {
      hint: 'Use a language, or language and country, such as fr or pt-BR.',
    },
  )
}

const MAX_TAG_LENGTH = 20

export type NameWidth = 'long' | 'short' | 'narrow'

/** Names of the months, January first. */
export function monthNames(locale: string, width: NameWidth): readonly string[] {
  return names(locale, width, 'month', (index) => Date.UTC(2023, index, 15), 12)
}

/** Names of the days, Monday first. */
export function dayNames(locale: string, width: NameWidth): readonly string[] {
  // 2 January 2023 was a Monday.
  return names(locale, width, 'weekday', (index) => Date.UTC(2023, 0, 2 + index), 7)
}

/** AM and PM. */
export function halfDayNames(locale: string): readonly [string, string] {
  if (locale.startsWith('en')) return ['AM', 'PM']
  const format = new Intl.DateTimeFormat(locale, { hour: 'numeric', hour12: true, timeZone: 'UTC' })
  const at = (hour: number): string =>
    format.formatToParts(Date.UTC(2023, 0, 2, hour)).find((part) => part.type === 'dayPeriod')?.value ?? ''
  return [at(1), at(13)]
}

/** Weeks as `w`, `Y`, `W` and `e` count them: from Sunday and from 1 January in the US, by ISO 8601 elsewhere. */
export function hasSundayWeeks(locale: string): boolean {
  return locale === 'en' || locale === 'en-US'
}

/** A formatter of the platform. Making one costs a hundred times what using it does, so they are kept. */
export function formatterFor(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  const known = formatters.get(key)
  if (known !== undefined) return known
  const formatter = new Intl.DateTimeFormat(locale, options)
  if (formatters.size >= MAX_CACHED) formatters.clear()
  formatters.set(key, formatter)
  return formatter
}

const MAX_CACHED = 200
const formatters = new Map<string, Intl.DateTimeFormat>()
const cache = new Map<string, readonly string[]>()

function names(
  locale: string,
  width: NameWidth,
  field: 'month' | 'weekday',
  dateOf: (index: number) => number,
  count: number,
): readonly string[] {
  const key = `${locale} ${width} ${field}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat(locale, { [field]: width, timeZone: 'UTC' })
  const all = Array.from({ length: count }, (_, index) => format.format(dateOf(index)))
  if (cache.size < MAX_CACHED) cache.set(key, all)
  return all
}
