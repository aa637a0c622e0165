import { parseDocument, stringify } from 'yaml'
import { ExpressionError } from '../errors.ts'
import { MAX_YAML_LENGTH } from '../limits.ts'
import type { Meter } from './meter.ts'
import { plainValue } from './plain.ts'

/** Aliases may multiply a document's size by this much. */
const MAX_ALIASES = 100
/** Nesting by indentation or brackets, checked before the parser recurses into it. */
const MAX_YAML_DEPTH = 200

/** Reads one YAML 1.2 document. @throws ExpressionError with line and column inside the YAML text */
export function readYaml(text: string, meter: Meter): unknown {
  if (text.length > MAX_YAML_LENGTH) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A YAML text may have ${MAX_YAML_LENGTH} characters.`)
  }
  checkDepth(text)
  meter.charge(text.length * 6)
  const document = parseDocument(text, { prettyErrors: true, intAsBigInt: true, logLevel: 'silent' })
  const [error] = document.errors
  if (error !== undefined) {
    const [reason = ''] = error.message.split('\n')
    throw new ExpressionError('EXPRESSION_VALUE', `The text is not valid YAML: ${reason.replace(/:$/, '')}.`)
  }
  try {
    return shortestIntegers(document.toJS({ maxAliasCount: MAX_ALIASES }), meter)
  } catch (cause) {
    if (cause instanceof ExpressionError) throw cause
    throw new ExpressionError('EXPRESSION_VALUE', 'The YAML text refers to itself too often.', { cause })
  }
}

/** Writes a value as YAML in block style, with a line break at its end. */
export function yamlText(value: unknown, meter: Meter): string {
  const plain = plainValue(value, meter)
  meter.charge(100)
  return stringify(plain, { aliasDuplicateObjects: false, lineWidth: 0, indent: 2 })
}

function checkDepth(text: string): void {
  let depth = 0
  for (const character of text) {
    if (character === '[' || character === '{') depth++
    else if (character === ']' || character === '}') depth = Math.max(0, depth - 1)
    if (depth > MAX_YAML_DEPTH) {
      throw new ExpressionError('EXPRESSION_LIMIT', `A YAML text nests deeper than ${MAX_YAML_DEPTH}.`)
    }
  }
  // Sequences nested in one line, `- - - -`, are the other way to nest without indentation.
  if (new RegExp(`(?:[-?:] ){${MAX_YAML_DEPTH}}`).test(text)) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A YAML text nests deeper than ${MAX_YAML_DEPTH}.`)
  }
}

/** Integers were read as bigints to keep every digit: those that fit become numbers. In place: the value is fresh. */
function shortestIntegers(value: unknown, meter: Meter): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (typeof value !== 'object' || value === null) return value
  meter.charge(1)
  if (Array.isArray(value)) return value.map((item) => shortestIntegers(item, meter))
  for (const [key, item] of Object.entries(value)) {
    const shorter = shortestIntegers(item, meter)
    if (shorter !== item) Reflect.set(value, key, shorter)
  }
  return value
}
