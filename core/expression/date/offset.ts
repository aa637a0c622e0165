const NANOSECONDS_PER_SECOND = 1_000_000_000

/** An offset from UTC as the pattern letters O, X, x and Z print it. */
export function formatOffset(nanoseconds: number, letter: 'O' | 'X' | 'x' | 'Z', count: number): string {
  if (letter === 'O') return localized(nanoseconds, count)
  if (letter === 'Z') {
    if (count < 4) return digits(nanoseconds, '', true, false)
    return count === 4 ? localized(nanoseconds, count) : formatOffset(nanoseconds, 'X', 3)
  }
  if (letter === 'X' && nanoseconds === 0) return 'Z'
  const separator = count === 3 || count === 5 ? ':' : ''
  return digits(nanoseconds, separator, count > 1, count > 3)
}

/** `GMT`, `GMT+2`, `GMT+02:00`. */
function localized(nanoseconds: number, count: number): string {
  if (nanoseconds === 0) return 'GMT'
  if (count === 4) return `GMT${digits(nanoseconds, ':', true, false)}`
  const { sign, hours, minutes } = parts(nanoseconds)
  return `GMT${sign}${hours}${minutes === 0 ? '' : `:${two(minutes)}`}`
}

function digits(nanoseconds: number, separator: string, withMinutes: boolean, withSeconds: boolean): string {
  const { sign, hours, minutes, seconds } = parts(nanoseconds)
  let text = sign + two(hours)
  if (withMinutes || minutes !== 0) text += separator + two(minutes)
  if (withSeconds && seconds !== 0) text += separator + two(seconds)
  return text
}

function parts(nanoseconds: number) {
  const total = Math.abs(Math.trunc(nanoseconds / NANOSECONDS_PER_SECOND))
  return {
    sign: nanoseconds < 0 ? '-' : '+',
    hours: Math.trunc(total / 3600),
    minutes: Math.trunc(total / 60) % 60,
    seconds: total % 60,
  }
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
