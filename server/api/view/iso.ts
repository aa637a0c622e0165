/** @param ms - Unix epoch in milliseconds */
export function isoDate(ms: number): string {
  return new Date(ms).toISOString()
}

/** ISO 8601, as the reference writes durations: `PT1M3.25S`. @param ms - milliseconds */
export function isoDuration(ms: number): string {
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor((ms % 3_600_000) / 60_000)
  const seconds = (ms % 60_000) / 1000
  const parts = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}`
  return seconds > 0 || parts === '' ? `PT${parts}${Number(seconds.toFixed(3))}S` : `PT${parts}`
}
