import type { DateTime } from './kind.ts'

/** ISO 8601 with offset, seconds always there, the fraction in groups of three digits: `2024-01-15T10:30:00.123Z`. */
export function dateText(date: DateTime): string {
  const local = date.toPlainDateTime().toString({ fractionalSecondDigits: fractionDigits(date) })
  return local + (date.offsetNanoseconds === 0 ? 'Z' : date.offset)
}

function fractionDigits(date: DateTime): 0 | 3 | 6 | 9 {
  if (date.nanosecond !== 0) return 9
  if (date.microsecond !== 0) return 6
  return date.millisecond === 0 ? 0 : 3
}
