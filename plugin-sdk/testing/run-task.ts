import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { ErrorObject } from 'ajv/dist/2020.js'
import type { TaskDefinition, TriggerDefinition } from '../define/index.ts'
import { BuildRefusedError, SdkError, type SdkErrorCode } from '../errors.ts'
import { type DeclaredType, describeError, parseTypeSchema, SchemaDialect } from '../schema/index.ts'
import {
  createTaskContext,
  type LoggedLine,
  type RecordedMetric,
  type RecordingTaskContext,
  type TaskContextOverrides,
} from './task-context.ts'

/** A schema file (its path or `file:` URL), or the text of one as `{ text }`. */
export type SchemaSource = string | URL | { readonly text: string }

/** What a task did in a test. */
export interface TaskResult<Outputs> {
  readonly outputs: Outputs
  readonly logs: readonly LoggedLine[]
  readonly metrics: readonly RecordedMetric[]
  /** Files in the internal storage after the run, by URI. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly context: RecordingTaskContext
}

const dialect = new SchemaDialect()

/**
 * Runs a task as the platform does, without one: properties are filled with the schema's defaults and checked,
 * outputs are checked.
 *
 * @param properties - as rendered: expressions are the platform's work
 * @throws SdkError `PLUGIN_TEST_PROPERTIES_INVALID`, `PLUGIN_TEST_OUTPUTS_INVALID` with every fault
 * @throws BuildRefusedError if the schema itself is not valid
 * @throws whatever the task throws
 * @example const { outputs } = await runTask(Reverse, new URL('./Reverse.schema.yaml', import.meta.url), { text:
 * 'abc' })
 */
export async function runTask<Properties, Outputs>(
  definition: TaskDefinition<Properties, Outputs>,
  schema: SchemaSource,
  properties: unknown,
  overrides: TaskContextOverrides = {},
): Promise<TaskResult<Outputs>> {
  const declared = await loadSchema(schema)
  const context = createTaskContext(overrides)
  const outputs = await definition.run(checkedProperties<Properties>(declared, properties), context)
  checkOutputs(declared, outputs)
  return { outputs, ...resultOf(context) }
}

/** Evaluates a polling trigger once, like {@link runTask}; `outputs` is undefined if it did not fire. */
export async function evaluateTrigger<Properties, Outputs>(
  definition: TriggerDefinition<Properties, Outputs>,
  schema: SchemaSource,
  properties: unknown,
  overrides: TaskContextOverrides = {},
): Promise<TaskResult<Outputs | undefined>> {
  const declared = await loadSchema(schema)
  const context = createTaskContext(overrides)
  const outputs = await definition.evaluate(checkedProperties<Properties>(declared, properties), context)
  if (outputs !== undefined) checkOutputs(declared, outputs)
  return { outputs, ...resultOf(context) }
}

function resultOf(context: RecordingTaskContext) {
  const { logs, metrics, files } = context.recorded
  return { logs, metrics, files, context }
}

async function loadSchema(source: SchemaSource): Promise<DeclaredType> {
  const isText = typeof source === 'object' && 'text' in source
  const path = isText ? 'schema.yaml' : source instanceof URL ? fileURLToPath(source) : source
  const text = isText ? source.text : await readFile(path, 'utf8')
  const { declared, faults } = parseTypeSchema(text, path, dialect)
  if (declared === undefined) throw new BuildRefusedError(faults)
  return declared
}

function checkedProperties<Properties>(declared: DeclaredType, properties: unknown): Properties {
  const filled: unknown = structuredClone(properties ?? {})
  const faults = dialect.compileFilling(declared.properties)(filled)
  if (!fits<Properties>(filled, faults)) throw invalid('PLUGIN_TEST_PROPERTIES_INVALID', 'properties', faults)
  return filled
}

/** The schema, which the generated type is made from, has just said so. */
function fits<Properties>(value: unknown, faults: readonly ErrorObject[]): value is Properties {
  return value !== undefined && faults.length === 0
}

function checkOutputs(declared: DeclaredType, outputs: unknown): void {
  if (declared.outputs === undefined) {
    if (outputs === undefined || outputs === null) return
    throw new SdkError(
      'PLUGIN_TEST_OUTPUTS_INVALID',
      'The task returned outputs, but its schema declares none.',
      {
        hint: 'Declare them under `outputs:`, or return nothing.',
      },
    )
  }
  // As the platform gets them: what JSON does not carry is not there.
  const carried: unknown = JSON.parse(JSON.stringify(outputs ?? {}))
  const faults = dialect.compile(declared.outputs)(carried)
  if (faults.length > 0) throw invalid('PLUGIN_TEST_OUTPUTS_INVALID', 'outputs', faults)
}

function invalid(
  code: SdkErrorCode,
  what: 'properties' | 'outputs',
  faults: readonly ErrorObject[],
): SdkError {
  return new SdkError(code, `The ${what} do not fit the schema: ${faults.map(describeError).join('; ')}.`, {
    hint:
      what === 'properties'
        ? 'Correct the test, or the schema.'
        : 'Correct what the task returns, or the schema.',
  })
}
