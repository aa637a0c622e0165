import { decodeBase64, encodeBase64 } from '../value/base64.ts'
import { jsonText } from '../value/json-text.ts'
import type { Meter } from '../value/meter.ts'
import { isNumeric } from '../value/number.ts'
import { JqError } from './jq-error.ts'
import { describe, typeOf } from './value.ts'

/** `tostring`: texts as they are, the rest as JSON. */
export function textOfJq(value: unknown, meter: Meter): string {
  return typeof value === 'string' ? value : jsonText(value, meter)
}

/** Applies a format such as `@csv`. */
export function applyFormat(name: string, value: unknown, meter: Meter): string {
  if (typeof value === 'string') meter.charge(value.length >> 4)
  switch (name) {
    case '@text':
      return textOfJq(value, meter)
    case '@json':
      return jsonText(value, meter)
    case '@base64':
      return encodeBase64(new TextEncoder().encode(textOfJq(value, meter)))
    case '@base64d':
      return decoded(textOfJq(value, meter), meter)
    case '@uri':
      return encodeURIComponent(textOfJq(value, meter).toWellFormed()).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
      )
    case '@html':
      return textOfJq(value, meter).replace(/[<>&'"]/g, (character) => HTML.get(character) ?? character)
    case '@csv':
      return row(value, name, meter, ',', (text) => `"${text.replaceAll('"', '""')}"`)
    case '@tsv':
      return row(value, name, meter, '\t', (text) =>
        text.replace(/[\\\t\n\r]/g, (character) => TSV.get(character) ?? character),
      )
    case '@sh':
      return Array.isArray(value) ? value.map((item) => shell(item, meter)).join(' ') : shell(value, meter)
    default:
      throw new JqError(`${name.slice(1)} is not a valid format`)
  }
}

const HTML: ReadonlyMap<string, string> = new Map([
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['&', '&amp;'],
  ["'", '&#39;'],
  ['"', '&quot;'],
])

const TSV: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
])

function decoded(text: string, meter: Meter): string {
  const bytes = decodeBase64(text)
  if (bytes === undefined) throw new JqError(`${describe(text, meter)} is not valid base64 data`)
  return new TextDecoder().decode(bytes)
}

function row(
  value: unknown,
  format: string,
  meter: Meter,
  separator: string,
  quote: (text: string) => string,
): string {
  if (!Array.isArray(value))
    throw new JqError(
      `${describe(value, meter)} cannot be ${format.slice(1)}-formatted, only an array can be`,
    )
  return value
    .map((item) => {
      if (typeof item === 'string') return quote(item)
      if (item === null) return ''
      if (isNumeric(item) || typeof item === 'boolean') return textOfJq(item, meter)
      throw new JqError(`${typeOf(item)} is not valid in a ${format.slice(1)} row`)
    })
    .join(separator)
}

function shell(value: unknown, meter: Meter): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "'\\''")}'`
  if (typeof value === 'object' && value !== null && !isNumeric(value)) {
    throw new JqError(`${typeOf(value)} can not be escaped for shell`)
  }
  return textOfJq(value, meter)
}
