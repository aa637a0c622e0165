const PARTS = /^P(?:(\d+)W|(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?)$/
/** Weeks, days, hours, minutes, seconds. */
const UNITS_MS = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000] as const

/** Milliseconds of an ISO 8601 duration without years and months, whose length depends on the calendar. */
export function durationMs(duration: string): number {
  const parts = PARTS.exec(duration)?.slice(1) ?? []
  return Math.round(UNITS_MS.reduce((sum, unitMs, index) => sum + unitMs * Number(parts[index] ?? 0), 0))
}
