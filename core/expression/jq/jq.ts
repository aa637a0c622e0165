import { ExpressionError } from '../errors.ts'
import { MAX_JQ_LENGTH, MAX_JQ_OUTPUTS } from '../limits.ts'
import { isMap } from '../value/kind.ts'
import { entriesOf, setOwn } from '../value/map.ts'
import type { Meter } from '../value/meter.ts'
import { plainValue } from '../value/plain.ts'
import { type Env, fresh } from './evaluation.ts'
import { JqBreak, JqError, jqLimit } from './jq-error.ts'
import { JqMachine } from './machine.ts'
import { NATIVES } from './natives.ts'
import { parseJq, parseJqDefinitions } from './parser.ts'
import { PRELUDE } from './prelude.ts'
import type { JqNode } from './tree.ts'

// An interpreter of our own: jq's builds for WebAssembly cannot be stopped by steps or memory from outside, and no other
// implementation in JavaScript is both complete and kept up.

/**
 * Runs a jq program (jq 1.7's language without input, modules and the environment) and gives all its results.
 *
 * @throws ExpressionError for a faulty program, an error that it raises, or beyond its bounds on steps, depth and results
 */
export function runJq(program: string, input: unknown, meter: Meter): unknown[] {
  const node = compiled(program)
  const machine = new JqMachine(meter, NATIVES)
  const results: unknown[] = []
  try {
    for (const { value } of machine.run(node, prelude(), fresh(toJson(input, meter)))) {
      if (results.length >= MAX_JQ_OUTPUTS) throw jqLimit(`gives more than ${MAX_JQ_OUTPUTS} results`)
      results.push(value)
    }
  } catch (error) {
    if (error instanceof JqError) throw raised(error)
    if (error instanceof JqBreak)
      throw new ExpressionError('EXPRESSION_VALUE', 'The jq program breaks out of nothing.')
    throw error
  }
  return results
}

const MAX_COMPILED = 500
const programs = new Map<string, JqNode>()
let definitions: Env | undefined

function compiled(program: string): JqNode {
  const known = programs.get(program)
  if (known !== undefined) return known
  if (program.length > MAX_JQ_LENGTH) {
    throw new ExpressionError('EXPRESSION_LIMIT', `A jq program may have ${MAX_JQ_LENGTH} characters.`)
  }
  const node = parseJq(program.trim() === '' ? '.' : program)
  if (programs.size >= MAX_COMPILED) programs.clear()
  programs.set(program, node)
  return node
}

/** The functions that are written in jq themselves, read when first needed. */
function prelude(): Env | undefined {
  definitions ??= parseJqDefinitions(PRELUDE).reduce<Env | undefined>(
    (outer, definition) => ({ type: 'function', definition, outer }),
    undefined,
  )
  return definitions
}

/** The input as JSON values: dates as text, maps as plain objects. */
function toJson(input: unknown, meter: Meter): unknown {
  const plain = plainValue(input, meter)
  return holdsHostValues(plain) ? converted(plain) : plain
}

function holdsHostValues(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === undefined
  if (value instanceof Date || value instanceof Map) return true
  return Object.values(value).some(holdsHostValues)
}

function converted(value: unknown): unknown {
  if (value === undefined) return null
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (Array.isArray(value)) return value.map(converted)
  if (!isMap(value)) return value
  const copy: Record<string, unknown> = {}
  for (const [key, item] of entriesOf(value)) setOwn(copy, String(key), converted(item))
  return copy
}

function raised(error: JqError): ExpressionError {
  const { value } = error
  const message = typeof value === 'string' ? value : JSON.stringify(value)
  return new ExpressionError('EXPRESSION_VALUE', `The jq program failed: ${String(message).slice(0, 300)}.`)
}
