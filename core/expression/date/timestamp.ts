import { Temporal } from 'temporal-polyfill'
import { ExpressionError } from '../errors.ts'
import type { ExpressionServices } from '../scope.ts'
import type { DateTime } from '../value/kind.ts'
import { zoneId } from './zone.ts'

/** The zone that an expression asks for, else the instance's, else UTC. */
export function zoneOf(asked: string | undefined, services: ExpressionServices): string {
  return zoneId(asked ?? services.timeZone ?? 'UTC')
}

/** @throws ExpressionError `EXPRESSION_UNAVAILABLE` where there is no clock */
export function currentDate(services: ExpressionServices, zone: string): DateTime {
  if (services.nowMs === undefined) {
    throw new ExpressionError('EXPRESSION_UNAVAILABLE', 'The current date is not known here.')
  }
  const ms = services.nowMs()
  const whole = Math.floor(ms)
  // A double carries today's milliseconds to a fifth of a microsecond: finer digits would be made up.
  const nanoseconds = BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e3)) * 1_000n
  return new Temporal.ZonedDateTime(nanoseconds, zone)
}
