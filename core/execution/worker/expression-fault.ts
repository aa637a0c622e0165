import { serializeError } from '../../errors/index.ts'
import { ExpressionError, type TemplatePlace } from '../../expression/index.ts'
import { type CompiledFlow, parsePath, parseYaml, type SourcePlace, valueAt } from '../../flow/index.ts'
import { ExecutionError } from '../errors.ts'

/** What stood where in a flow's source; a task that fails again and again asks for the same places. */
const located = new WeakMap<CompiledFlow, Map<string, SourcePlace>>()

/**
 * The error of an attempt whose expression failed: which property of the flow it stands in, where in the property's text,
 * and where that is in the flow's source (`at`).
 *
 * @param path - of what was rendered, such as `tasks[2]`
 */
export function expressionFault(flow: CompiledFlow, path: string, error: unknown): ExecutionError {
  const { message, hint, at } = serializeError(error)
  const property = at?.path === undefined ? path : joined(path, at.path)
  const options = { ...(hint === undefined ? {} : { hint }), cause: error }
  if (!(error instanceof ExpressionError) || error.place === undefined) {
    const told = `${message} (in ${property})`
    return new ExecutionError('TASK_EXPRESSION_FAILED', told, { ...options, at: { path: property } })
  }
  const { summary, place } = error
  const source = locate(flow, property, place)
  const where = [
    `line ${place.line}, column ${place.column} of ${property}`,
    ...(source === undefined ? [] : [`line ${source.line}, column ${source.column} of the flow`]),
  ]
  return new ExecutionError('TASK_EXPRESSION_FAILED', `${summary} (${where.join('; ')}: ${place.piece})`, {
    ...options,
    at: { path: property, ...source },
  })
}

function joined(path: string, below: string): string {
  return below.startsWith('[') ? path + below : `${path}.${below}`
}

/** Read again from the source, which is kept as text: positions are wanted by errors only. */
function locate(flow: CompiledFlow, property: string, place: TemplatePlace): SourcePlace | undefined {
  const places = located.get(flow) ?? new Map<string, SourcePlace>()
  located.set(flow, places)
  const key = `${property} ${place.offset}`
  const known = places.get(key)
  if (known !== undefined) return known
  const { yaml } = parseYaml(flow.source)
  if (yaml === undefined) return undefined
  const path = parsePath(property)
  // The text at fault may be another: of a plugin default, of a key, or one that was given to render().
  const found = isWithin(valueAt(yaml.data, path), place)
    ? yaml.locateInText(path, place)
    : yaml.locate(path, 'value')
  if (places.size >= MAX_LOCATED) places.clear()
  places.set(key, found)
  return found
}

const MAX_LOCATED = 1_000

function isWithin(text: unknown, { offset, length, piece }: TemplatePlace): boolean {
  if (typeof text !== 'string' || offset > text.length) return false
  const span = text
    .slice(offset, offset + length)
    .replace(/\s+/g, ' ')
    .trim()
  return length === 0 || span.startsWith(piece.replace(/…$/, ''))
}
