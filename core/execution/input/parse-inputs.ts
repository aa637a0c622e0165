import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import type { CompiledFlow } from '../../flow/index.ts'
import { ExecutionError } from '../errors.ts'
import { parseTypedValue } from './typed-value.ts'

/**
 * The inputs of a new execution: declared ones parsed by type, defaults filled in. No execution exists before they pass.
 *
 * @param given - by input id: texts, as a form sends them, or JSON values
 * @throws ExecutionError `EXECUTION_INPUT_INVALID` with every problem at once
 */
export function parseInputs(flow: CompiledFlow, given: JsonObject): JsonObject {
  const problems: { path: string; message: string }[] = []
  const inputs: Record<string, JsonValue> = {}
  const declared = new Set(flow.inputs.map((input) => input.id))
  for (const name of Object.keys(given)) {
    if (!declared.has(name)) problems.push({ path: name, message: `The flow has no input "${name}".` })
  }
  for (const { id, type, required, defaults, options } of flow.inputs) {
    const raw = Object.hasOwn(given, id) ? given[id] : defaults
    if (raw === undefined || raw === null) {
      if (required) problems.push({ path: id, message: `The input "${id}" is required.` })
      else inputs[id] = null
      continue
    }
    const typed = parseTypedValue(type, raw, options)
    if ('fault' in typed) problems.push({ path: id, message: `The input "${id}" ${typed.fault}.` })
    else inputs[id] = typed.value
  }
  if (problems.length === 0) return inputs
  throw new ExecutionError('EXECUTION_INPUT_INVALID', problems.map(({ message }) => message).join(' '), {
    problems,
  })
}
