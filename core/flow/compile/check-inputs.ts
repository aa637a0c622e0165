import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import { isTemplate } from '../../expression/index.ts'
import { compilePattern } from '../../plugin/index.ts'
import type { PropertyPath } from '../path/property-path.ts'
import {
  UNSUPPORTED_INPUT_FORMS,
  UNSUPPORTED_INPUT_PROPERTIES,
  UNSUPPORTED_INPUT_TYPES,
} from '../schema/features.ts'
import { checkTemplates } from './check-templates.ts'
import type { CompileContext } from './context.ts'
import { isList, isObject, itemsOf } from './read-flow.ts'
import { reportUnsupported, reportUnsupportedForm, reportUnsupportedValue } from './report-unsupported.ts'

/** What the schema of inputs cannot say. @see the reference's page on inputs, and its migration guide 1.1.0 on prefill */
export function checkInputs(context: CompileContext, flow: JsonObject): void {
  const inputs = itemsOf(flow, 'inputs')
  const ids = new Set(inputs.map(({ written }) => written['id']))
  for (const { written, index } of inputs) {
    const path = ['inputs', index]
    reportUnsupported(context, written, path, UNSUPPORTED_INPUT_PROPERTIES)
    reportUnsupportedValue(context, written['type'], [...path, 'type'], UNSUPPORTED_INPUT_TYPES)
    checkForms(context, written, path)
    checkDefaults(context, written, path)
    checkDependencies(context, written, path, ids)
    const { validator } = written
    if (typeof validator === 'string') checkValidator(context, validator, [...path, 'validator'])
  }
}

function checkForms(context: CompileContext, input: JsonObject, path: PropertyPath): void {
  const { id, type, defaults, min, max } = input
  const { nestedId, dynamicDefault, durationBounds } = UNSUPPORTED_INPUT_FORMS
  if (typeof id === 'string' && id.includes('.')) {
    reportUnsupportedForm(context, 'ids with a dot', [...path, 'id'], nestedId)
  }
  if (defaults !== undefined && holdsTemplate(defaults)) {
    reportUnsupportedForm(context, 'expressions in `defaults`', [...path, 'defaults'], dynamicDefault)
  }
  if (type === 'DURATION' && (min !== undefined || max !== undefined)) {
    const bound = min === undefined ? 'max' : 'min'
    reportUnsupportedForm(context, 'bounds of a DURATION', [...path, bound], durationBounds)
  }
}

function holdsTemplate(value: JsonValue): boolean {
  if (typeof value === 'string') return isTemplate(value)
  return value !== null && typeof value === 'object' && Object.values(value).some(holdsTemplate)
}

function checkDefaults(context: CompileContext, input: JsonObject, path: PropertyPath): void {
  const { defaults, prefill, required } = input
  if (defaults === undefined) return
  checkTemplates(context, defaults, [...path, 'defaults'])
  if (required === false) {
    context.problems.add([...path, 'defaults'], {
      code: 'FLOW_PROPERTY_INVALID',
      at: 'key',
      message: 'An input that is not required cannot have `defaults`: they would always apply.',
      hint: 'Write prefill in place of defaults, or remove required: false.',
    })
  }
  if (prefill !== undefined) {
    context.problems.add([...path, 'prefill'], {
      code: 'FLOW_PROPERTY_INVALID',
      at: 'key',
      message: 'An input cannot have both `defaults` and `prefill`.',
      hint: 'Keep defaults for a value that always applies, prefill for one that can be cleared.',
    })
  }
}

function checkDependencies(
  { problems }: CompileContext,
  input: JsonObject,
  path: PropertyPath,
  ids: ReadonlySet<unknown>,
): void {
  const { dependsOn } = input
  const named = dependsOn !== undefined && isObject(dependsOn) ? dependsOn['inputs'] : undefined
  if (named === undefined || !isList(named)) return
  for (const [position, id] of named.entries()) {
    if (ids.has(id) && id !== input['id']) continue
    problems.add([...path, 'dependsOn', 'inputs', position], {
      code: 'FLOW_REFERENCE_UNKNOWN',
      message: `The flow has no other input "${String(id)}".`,
      hint: 'Name the id of an input of this flow.',
    })
  }
}

function checkValidator({ problems }: CompileContext, pattern: string, path: PropertyPath): void {
  try {
    compilePattern(pattern)
  } catch (error) {
    problems.add(path, {
      code: 'FLOW_PROPERTY_INVALID',
      message: `The validator is no regular expression that can be used: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'Look-around and back-references are not supported: patterns run in linear time.',
    })
  }
}
