import type { JsonObject, JsonValue, PluginTypeManifest } from '@pinion/plugin-sdk/manifest'
import { MAX_VALUE_DEPTH, MAX_VALUE_NODES } from '../limits.ts'
import { isJsonWithin } from '../manifest/index.ts'
import type { PropertyFault, ResolvedType } from '../resolved-type.ts'
import { adaptSchema } from './adapt-schema.ts'
import { coerce } from './coerce.ts'
import { compileValidator, type Validator } from './validator.ts'

export type TypeChecks = Pick<ResolvedType, 'checkWritten' | 'checkRendered' | 'checkOutputs'>

/**
 * The checks of one type of one version. Each is compiled when it is first asked for: most installed types are never
 * used. Texts are turned into what the schema asks for in both checks of properties, so that what was accepted when
 * the flow was saved is accepted when it runs.
 */
export function createTypeChecks(type: PluginTypeManifest): TypeChecks {
  const written = lazily(() => compileProperties(type.properties, true))
  const rendered = lazily(() => compileProperties(type.properties, false))
  const outputs = lazily(() => compileOutputs(type.outputs))
  return {
    checkWritten: (properties) => check(properties, type.properties, written()).faults,
    checkRendered: (properties) => check(properties, type.properties, rendered()),
    checkOutputs: (value) => {
      const validate = outputs()
      if (validate === undefined) return []
      return isCheckable(value) ? validate(value) : [UNCHECKABLE]
    },
  }
}

const UNCHECKABLE: PropertyFault = {
  path: '',
  message: `This must be plain data, nested at most ${MAX_VALUE_DEPTH} levels, with at most ${MAX_VALUE_NODES} values.`,
}

function check(
  properties: unknown,
  schema: JsonObject,
  validate: Validator,
): { readonly value: unknown; readonly faults: readonly PropertyFault[] } {
  if (!isCheckable(properties)) return { value: properties, faults: [UNCHECKABLE] }
  const value = coerce(properties, schema)
  return { faults: validate(value), value }
}

function isCheckable(value: unknown): value is JsonValue {
  return isJsonWithin(value, MAX_VALUE_DEPTH, MAX_VALUE_NODES)
}

function compileProperties(schema: JsonObject, expressions: boolean): Validator {
  return compileValidator(adaptSchema(schema, { expressions }), { fillDefaults: !expressions })
}

function compileOutputs(schema: JsonObject | undefined): Validator | undefined {
  return schema === undefined
    ? undefined
    : compileValidator(adaptSchema(schema, { expressions: false }), { fillDefaults: false })
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
