import type { DateTime } from '../value/kind.ts'

/** A date's place in its week-based year. */
export interface WeekDate {
  readonly year: number
  readonly week: number
  /** 1 is the week's first day. */
  readonly day: number
}

/** ISO weeks start on Monday and belong to the year of their Thursday; Sunday weeks to the year of their Saturday. */
export function weekDate(date: DateTime, startsOnSunday: boolean): WeekDate {
  if (!startsOnSunday) {
    return { year: date.yearOfWeek ?? date.year, week: date.weekOfYear ?? 1, day: date.dayOfWeek }
  }
  const day = (date.dayOfWeek % 7) + 1
  // Week 1 holds 1 January, so the Saturday that ends the week decides.
  const saturday = date.toPlainDate().add({ days: 7 - day })
  return { year: saturday.year, week: Math.ceil(saturday.dayOfYear / 7), day }
}

export function weekOfMonth(date: DateTime, startsOnSunday: boolean): number {
  const first = date.toPlainDate().with({ day: 1 })
  const before = startsOnSunday ? first.dayOfWeek % 7 : first.dayOfWeek - 1
  // With ISO's rule a first week of fewer than four days is week 0.
  const skipped = !startsOnSunday && before > 3 ? 1 : 0
  return Math.ceil((date.day + before) / 7) - skipped
}
