import { MAX_DURATION_MS } from '../limits.ts'

const PARTS =
  /^P(?!$)(?:(\d+)W|(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,9})?)S)?)?)$/

const SECOND_MS = 1_000
const DAY_MS = 86_400_000
// In the order of the groups above: weeks, years, months, days, hours, minutes, seconds.
const UNITS_MS = [7 * DAY_MS, 365 * DAY_MS, 30 * DAY_MS, DAY_MS, 3_600_000, 60_000, SECOND_MS]

/**
 * An ISO 8601 duration such as `PT1H30M`, `P1D` or `PT0.5S` in milliseconds. A year counts 365 days and a month 30:
 * a duration bounds waiting, it is no date arithmetic.
 *
 * @returns undefined if the text is none, or is longer than a hundred years
 */
export function parseDurationMs(text: string): number | undefined {
  const found = PARTS.exec(text)
  if (found === null) return undefined
  const durationMs = found
    .slice(1)
    .reduce((sum, amount, unit) => sum + Number(amount ?? 0) * (UNITS_MS[unit] ?? 0), 0)
  return durationMs <= MAX_DURATION_MS ? Math.round(durationMs) : undefined
}
