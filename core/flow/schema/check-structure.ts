import type { JsonSchema } from '@pinion/plugin-sdk/manifest'
import { Ajv, type ValidateFunction } from 'ajv'
import { FLOW } from './flow-core.ts'
import { NESTED, TASK, TRIGGER } from './plugin-core.ts'
import { explainErrors, type StructureFault } from './structure-fault.ts'

const SCHEMAS = { flow: FLOW, task: TASK, trigger: TRIGGER, nested: NESTED } as const
export type StructureKind = keyof typeof SCHEMAS

/**
 * Checks a flow's own properties, or those that every task, trigger or nested plugin has. A plugin's other properties
 * are its type's business.
 */
export function checkStructure(kind: StructureKind, value: unknown): readonly StructureFault[] {
  const validate = validatorOf(kind)
  return validate(value) ? [] : explainErrors(validate.errors ?? [])
}

const compiled = new Map<StructureKind, ValidateFunction>()

/** Compiled when first asked for: some 20 ms that a process without flows does not spend. */
function validatorOf(kind: StructureKind): ValidateFunction {
  const known = compiled.get(kind)
  if (known !== undefined) return known
  const schema: JsonSchema = SCHEMAS[kind]
  const validate = new Ajv({
    allErrors: true,
    verbose: true,
    strictTypes: false,
    strictRequired: false,
  }).compile(schema)
  compiled.set(kind, validate)
  return validate
}
