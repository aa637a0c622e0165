import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import type { PropertyPath } from '../path/property-path.ts'
import { checkStructure } from '../schema/check-structure.ts'
import { UNSUPPORTED_FLOW_PROPERTIES } from '../schema/features.ts'
import { RESERVED_FLOW_IDS } from '../schema/flow-core.ts'
import { checkInputs } from './check-inputs.ts'
import { checkTemplates } from './check-templates.ts'
import { claimId } from './claim-id.ts'
import type { CompileContext } from './context.ts'
import { itemsOf } from './read-flow.ts'
import { reportUnsupported } from './report-unsupported.ts'

/** Everything that can be wrong with a flow beside its plugins. */
export function checkFlow(context: CompileContext, flow: JsonObject): void {
  const { problems } = context
  for (const fault of checkStructure('flow', flow)) problems.addFault([], fault)
  reportUnsupported(context, flow, [], UNSUPPORTED_FLOW_PROPERTIES)
  checkNames(context, flow)
  for (const list of ['triggers', 'inputs', 'outputs']) checkUnique(context, flow, list, list.slice(0, -1))
  checkInputs(context, flow)
  for (const name of ['variables', 'outputs'] as const) {
    const value = flow[name]
    if (value !== undefined) checkTemplates(context, value, [name])
  }
}

function checkNames({ problems }: CompileContext, flow: JsonObject): void {
  const { id } = flow
  if (typeof id === 'string' && RESERVED_FLOW_IDS.has(id)) {
    problems.add(['id'], {
      code: 'FLOW_ID_RESERVED',
      message: `"${id}" cannot be the id of a flow: it is a word of the API.`,
      hint: `Choose another, such as "${id}_flow".`,
    })
  }
  if (flow['taskDefaults'] !== undefined) {
    const hasBoth = flow['pluginDefaults'] !== undefined
    problems.add(['taskDefaults'], {
      severity: hasBoth ? 'error' : 'warning',
      code: 'FLOW_PROPERTY_DEPRECATED',
      at: 'key',
      message: hasBoth
        ? '`taskDefaults` and `pluginDefaults` are the same: only one may be there.'
        : '`taskDefaults` is the former name of `pluginDefaults`.',
      hint: hasBoth ? 'Move its entries to pluginDefaults.' : 'Write pluginDefaults.',
    })
  }
}

/** @param noun - what the list holds, for the message */
function checkUnique(context: CompileContext, flow: JsonObject, list: string, noun: string): void {
  const seen = new Map<string, PropertyPath>()
  for (const { written, index } of itemsOf(flow, list)) claimId(context, seen, written, [list, index], noun)
}
