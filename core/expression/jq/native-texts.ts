import { ExpressionError } from '../errors.ts'
import { parseNumber } from '../filters/parse-number.ts'
import { readJson } from '../value/json-reader.ts'
import { jsonText } from '../value/json-text.ts'
import { isNumeric } from '../value/number.ts'
import type { JqEvaluation, Native } from './evaluation.ts'
import { textOfJq } from './format.ts'
import { JqError } from './jq-error.ts'
import { list, number, onValues, text } from './native-values.ts'
import { plain, splitText } from './value.ts'

/** Functions of texts, and what turns values into texts and back. */
export const TEXT_NATIVES: readonly (readonly [string, Native])[] = [
  ['utf8bytelength/0', onValues((input) => new TextEncoder().encode(text(input, 'utf8bytelength')).length)],
  ['tostring/0', onValues((input, _args, machine) => textOfJq(input, machine))],
  ['tojson/0', onValues((input, _args, machine) => jsonText(input, machine))],
  ['fromjson/0', onValues(fromJson)],
  ['tonumber/0', onValues(toNumberOf)],
  [
    'startswith/1',
    onValues((input, [prefix]) => text(input, 'startswith').startsWith(text(prefix, 'startswith'))),
  ],
  ['endswith/1', onValues((input, [suffix]) => text(input, 'endswith').endsWith(text(suffix, 'endswith')))],
  ['ltrimstr/1', onValues((input, [prefix]) => trimmed(input, prefix, 'start'))],
  ['rtrimstr/1', onValues((input, [suffix]) => trimmed(input, suffix, 'end'))],
  ['trim/0', onValues((input) => text(input, 'trim').trim())],
  ['ltrim/0', onValues((input) => text(input, 'ltrim').trimStart())],
  ['rtrim/0', onValues((input) => text(input, 'rtrim').trimEnd())],
  [
    'explode/0',
    onValues((input) => Array.from(text(input, 'explode'), (character) => character.codePointAt(0))),
  ],
  ['implode/0', onValues((input) => list(input).map(character).join(''))],
  [
    'split/1',
    onValues((input, [separator], machine) =>
      splitText(text(input, 'split'), text(separator, 'split'), machine),
    ),
  ],
  ['ascii/0', onValues((input) => character(input))],
]

function fromJson(input: unknown, _args: readonly unknown[], machine: JqEvaluation): unknown {
  try {
    const value = readJson(text(input, 'fromjson'), machine)
    return isNumeric(value) ? plain(value) : value
  } catch (error) {
    if (error instanceof ExpressionError) throw new JqError(error.summary)
    throw error
  }
}

function toNumberOf(input: unknown): unknown {
  if (isNumeric(input)) return input
  try {
    return plain(parseNumber(text(input, 'tonumber'), undefined))
  } catch (error) {
    if (error instanceof ExpressionError) throw new JqError(`Cannot be parsed as a number: ${error.summary}`)
    throw error
  }
}

function trimmed(input: unknown, piece: unknown, side: 'start' | 'end'): unknown {
  if (typeof input !== 'string' || typeof piece !== 'string' || piece === '') return input
  if (side === 'start') return input.startsWith(piece) ? input.slice(piece.length) : input
  return input.endsWith(piece) ? input.slice(0, -piece.length) : input
}

function character(code: unknown): string {
  const point = number(code, 'implode')
  if (!Number.isInteger(point) || point < 0 || point > 0x10ffff) throw new JqError('Invalid codepoint')
  return String.fromCodePoint(point)
}
