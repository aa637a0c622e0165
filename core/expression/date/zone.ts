import { Temporal } from 'temporal-polyfill'
import { ExpressionError } from '../errors.ts'

/** The zone's id as Temporal takes it: IANA names, `Z`, `UTC`, `+02`, `GMT+2`, `UTC+05:30`. @throws ExpressionError */
export function zoneId(written: string): string {
  const known = zones.get(written)
  if (known !== undefined) return known
  const id = resolve(written)
  if (zones.size < MAX_ZONES) zones.set(written, id)
  return id
}

const MAX_ZONES = 1_000
const zones = new Map<string, string>()

function resolve(written: string): string {
  if (/^z$/i.test(written)) return 'UTC'
  const offset = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(written)
  if (offset !== null) {
    const [, sign = '+', hours = '0', minutes = '00'] = offset
    if (Number(hours) <= 18 && Number(minutes) < 60) return `${sign}${hours.padStart(2, '0')}:${minutes}`
  } else {
    try {
      return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(written).timeZoneId
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  }
  throw new ExpressionError(
    'EXPRESSION_VALUE',
    `There is no time zone ${JSON.stringify(written.slice(0, 60))}.`,
    {
      hint: 'Use a name such as Europe/Paris, or an offset such as +02:00.',
    },
  )
}
