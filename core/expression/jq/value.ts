import { MAX_TEXT_LENGTH } from '../limits.ts'
import { isEqual } from '../value/comparison.ts'
import { jsonText } from '../value/json-text.ts'
import { isPlainObject, type PlainObject } from '../value/kind.ts'
import { setOwn } from '../value/map.ts'
import type { Meter } from '../value/meter.ts'
import { arithmetic, compareNumbers, isInteger, isNumeric, type Numeric, toNumber } from '../value/number.ts'
import { Real } from '../value/real.ts'
import { JqError, jqLimit } from './jq-error.ts'
import type { JqOperator } from './tree.ts'

export type JqType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

export function typeOf(value: unknown): JqType {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return 'string'
  if (isNumeric(value)) return 'number'
  return Array.isArray(value) ? 'array' : 'object'
}

/** Only false and null are false. */
export function isTruthy(value: unknown): boolean {
  return value !== false && value !== null && value !== undefined
}

const ORDER: readonly string[] = ['null', 'false', 'true', 'number', 'string', 'array', 'object']

function rank(value: unknown): number {
  return ORDER.indexOf(typeof value === 'boolean' ? String(value) : typeOf(value))
}

/** jq's order of all values: null, false, true, numbers, texts, lists, maps. */
export function compareJq(left: unknown, right: unknown, meter: Meter): number {
  meter.charge(1)
  const difference = rank(left) - rank(right)
  if (difference !== 0) return difference
  if (isNumeric(left) && isNumeric(right)) return compareNumbers(left, right)
  if (typeof left === 'string' && typeof right === 'string') {
    meter.charge(Math.min(left.length, right.length) >> 6)
    return left < right ? -1 : left > right ? 1 : 0
  }
  if (Array.isArray(left) && Array.isArray(right)) return compareLists(left, right, meter)
  if (isPlainObject(left) && isPlainObject(right)) {
    const keys = Object.keys(left).toSorted()
    const others = Object.keys(right).toSorted()
    const byKeys = compareLists(keys, others, meter)
    return byKeys === 0
      ? compareLists(
          keys.map((key) => left[key]),
          keys.map((key) => right[key]),
          meter,
        )
      : byKeys
  }
  return 0
}

function compareLists(left: readonly unknown[], right: readonly unknown[], meter: Meter): number {
  for (const [index, item] of left.entries()) {
    if (index >= right.length) return 1
    const order = compareJq(item, right[index], meter)
    if (order !== 0) return order
  }
  return left.length - right.length
}

export function operate(operator: JqOperator, left: unknown, right: unknown, meter: Meter): unknown {
  switch (operator) {
    case '==':
      return compareJq(left, right, meter) === 0
    case '!=':
      return compareJq(left, right, meter) !== 0
    case '<':
      return compareJq(left, right, meter) < 0
    case '<=':
      return compareJq(left, right, meter) <= 0
    case '>':
      return compareJq(left, right, meter) > 0
    case '>=':
      return compareJq(left, right, meter) >= 0
    case '+':
      return add(left, right, meter)
    case '-':
      return subtract(left, right, meter)
    case '*':
      return multiply(left, right, meter)
    case '/':
      return divide(left, right, meter)
    case '%':
      return modulo(left, right)
    default:
      return operator satisfies never
  }
}

function add(left: unknown, right: unknown, meter: Meter): unknown {
  if (left === null) return right
  if (right === null) return left
  if (isNumeric(left) && isNumeric(right)) return plain(arithmetic('+', left, right))
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length + right.length > MAX_TEXT_LENGTH) throw jqLimit('makes a text that is too long')
    meter.charge((left.length + right.length) >> 6)
    return left + right
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    meter.charge((left.length + right.length) >> 4)
    return [...left, ...right]
  }
  if (isPlainObject(left) && isPlainObject(right)) return merged(left, right, meter)
  throw cannot('added', left, right, meter)
}

function merged(left: PlainObject, right: PlainObject, meter: Meter): PlainObject {
  const all = copyOf(left, meter)
  for (const [key, value] of Object.entries(right)) setOwn(all, key, value)
  return all
}

/** A copy of a map. Copying sixteen entries counts as a step. */
export function copyOf(map: PlainObject, meter: Meter): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  const entries = Object.entries(map)
  meter.charge(entries.length >> 4)
  for (const [key, value] of entries) setOwn(copy, key, value)
  return copy
}

function subtract(left: unknown, right: unknown, meter: Meter): unknown {
  if (isNumeric(left) && isNumeric(right)) return plain(arithmetic('-', left, right))
  if (Array.isArray(left) && Array.isArray(right)) {
    meter.charge(left.length * right.length)
    return left.filter((item) => !right.some((other) => isEqual(item, other, meter)))
  }
  throw cannot('subtracted', left, right, meter)
}

function multiply(left: unknown, right: unknown, meter: Meter): unknown {
  if (isNumeric(left) && isNumeric(right)) return plain(arithmetic('*', left, right))
  if (typeof left === 'string' && isNumeric(right)) return repeated(left, toNumber(right), meter)
  if (isNumeric(left) && typeof right === 'string') return repeated(right, toNumber(left), meter)
  if (isPlainObject(left) && isPlainObject(right)) return deeplyMerged(left, right, meter, 0)
  throw cannot('multiplied', left, right, meter)
}

function repeated(text: string, times: number, meter: Meter): string | null {
  if (times <= 0) return null
  const count = Math.max(1, Math.trunc(times))
  if (text.length * count > MAX_TEXT_LENGTH) throw jqLimit('makes a text that is too long')
  meter.charge((text.length * count) >> 6)
  return text.repeat(count)
}

const MAX_MERGE_DEPTH = 200

function deeplyMerged(left: PlainObject, right: PlainObject, meter: Meter, depth: number): PlainObject {
  if (depth > MAX_MERGE_DEPTH) throw jqLimit('merges maps that nest too deep')
  const all = copyOf(left, meter)
  for (const [key, value] of Object.entries(right)) {
    meter.charge(1)
    const before = Object.hasOwn(all, key) ? all[key] : undefined
    const both = isPlainObject(before) && isPlainObject(value)
    setOwn(all, key, both ? deeplyMerged(before, value, meter, depth + 1) : value)
  }
  return all
}

function divide(left: unknown, right: unknown, meter: Meter): unknown {
  if (typeof left === 'string' && typeof right === 'string') return splitText(left, right, meter)
  if (!isNumeric(left) || !isNumeric(right)) throw cannot('divided', left, right, meter)
  if (compareNumbers(right, 0) === 0)
    throw new JqError(
      `${describe(left, meter)} and ${describe(right, meter)} cannot be divided because the divisor is zero`,
    )
  if (isInteger(left) && isInteger(right)) {
    const quotient = arithmetic('/', left, right)
    if (compareNumbers(arithmetic('*', quotient, right), left) === 0) return quotient
  }
  return toNumber(left) / toNumber(right)
}

export function splitText(text: string, separator: string, meter: Meter): string[] {
  meter.charge((text.length >> 3) + 1)
  if (text === '') return []
  return separator === '' ? [...text] : text.split(separator)
}

function modulo(left: unknown, right: unknown): unknown {
  if (!isNumeric(left) || !isNumeric(right))
    throw new JqError(`${typeOf(left)} and ${typeOf(right)} cannot be divided`)
  const divisor = Math.abs(Math.trunc(toNumber(right)))
  if (divisor === 0) throw new JqError('A number cannot be divided by zero')
  return (Math.trunc(toNumber(left)) % divisor) + 0
}

export function plain(value: Numeric): Numeric {
  return value instanceof Real ? value.value : value
}

function cannot(what: string, left: unknown, right: unknown, meter: Meter): JqError {
  return new JqError(`${describe(left, meter)} and ${describe(right, meter)} cannot be ${what}`)
}

/** `number (5)`, cut to a readable length. */
export function describe(value: unknown, meter: Meter): string {
  if (typeof value === 'object' && value !== null) return typeOf(value)
  const text = jsonText(value, meter)
  return `${typeOf(value)} (${text.length > 30 ? `${text.slice(0, 27)}...` : text})`
}
