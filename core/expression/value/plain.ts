import { dateText } from './date-text.ts'
import { Decimal } from './decimal.ts'
import { isDateTime } from './kind.ts'
import { setOwn } from './map.ts'
import type { Meter } from './meter.ts'
import { Real } from './real.ts'

/**
 * A value as it leaves the evaluator: plain data. Dates become ISO text; decimals become numbers where a number holds
 * them exactly, else text.
 */
export function plainValue(value: unknown, meter: Meter): unknown {
  return isPlain(value, meter, 0) ? value : toPlain(value, meter)
}

/** True for what can be handed over as it is, which nearly everything can: then nothing is copied. */
function isPlain(value: unknown, meter: Meter, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  meter.charge(1)
  if (isSpecial(value) || value instanceof Map || depth > MAX_CHECKED_DEPTH) return false
  if (value instanceof Date) return true
  return Object.values(value).every((item) => isPlain(item, meter, depth + 1))
}

const MAX_CHECKED_DEPTH = 200

function isSpecial(value: unknown): boolean {
  return value instanceof Real || value instanceof Decimal || isDateTime(value)
}

function toPlain(value: unknown, meter: Meter): unknown {
  meter.charge(1)
  if (value instanceof Real) return value.value
  if (value instanceof Decimal)
    return String(value.toNumber()) === value.toString() ? value.toNumber() : value.toString()
  if (isDateTime(value)) return dateText(value)
  if (Array.isArray(value)) return value.map((item) => toPlain(item, meter))
  if (value instanceof Map) return copied([...value.entries()], meter)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return copied(Object.entries(value), meter)
}

function copied(entries: readonly (readonly [unknown, unknown])[], meter: Meter): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const [key, item] of entries) setOwn(copy, String(key), toPlain(item, meter))
  return copy
}
