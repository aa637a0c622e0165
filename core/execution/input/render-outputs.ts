import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import type { Scope } from '../../expression/index.ts'
import type { CompiledFlow } from '../../flow/index.ts'
import { ExecutionError } from '../errors.ts'
import { parseTypedValue } from './typed-value.ts'

/**
 * The outputs of a flow, rendered at the end of an execution and typed as declared.
 *
 * @throws ExpressionError, or ExecutionError `TASK_OUTPUT_INVALID` naming the output
 */
export async function renderFlowOutputs(flow: CompiledFlow, scope: Scope): Promise<JsonObject> {
  const outputs: Record<string, JsonValue> = {}
  for (const { id, type, value } of flow.outputs) {
    const rendered = (await value.render(scope)) as JsonValue
    const typed = parseTypedValue(type, rendered, {})
    if ('fault' in typed) {
      throw new ExecutionError('TASK_OUTPUT_INVALID', `The flow's output "${id}" ${typed.fault}.`, {
        at: { path: `outputs.${id}` },
      })
    }
    outputs[id] = typed.value
  }
  return outputs
}
