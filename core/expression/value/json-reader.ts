import { ExpressionError } from '../errors.ts'
import type { Meter } from './meter.ts'
import { exactDecimal, exactInteger } from './number-literal.ts'

/** Reads JSON text; integers and decimals keep every digit. @throws ExpressionError `EXPRESSION_VALUE` */
export function readJson(text: string, meter: Meter): unknown {
  // Only numbers of many digits can lose any: the reviver costs ten times as much, too much for all others.
  const isExact = /\d{16}|\d\.\d{12}|\d[eE]/.test(text)
  meter.charge(isExact ? text.length : text.length >> 3)
  try {
    return isExact ? JSON.parse(text, exactNumber) : JSON.parse(text)
  } catch (error) {
    if (error instanceof ExpressionError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new ExpressionError('EXPRESSION_VALUE', `The text is not valid JSON: ${reason}.`)
  }
}

export function isJson(text: string, meter: Meter): boolean {
  meter.charge(text.length >> 3)
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** ECMAScript's JSON.parse source text access: the digits as they were written. */
function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined) return value
  return /^-?\d+$/.test(source) ? exactInteger(source) : exactDecimal(source)
}
