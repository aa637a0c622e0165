import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import { serializeError } from '../../errors/index.ts'
import type { Scope } from '../../expression/index.ts'
import { type CompiledFlow, type CompiledTask, parseDurationMs } from '../../flow/index.ts'
import type { EngineType } from '../../plugin/index.ts'
import { ExecutionError } from '../errors.ts'
import type { Decision, LoopCheck } from '../events.ts'
import { MAX_ITERATIONS, MAX_OUTPUT_BYTES } from '../limits.ts'
import type { State } from '../model.ts'
import { expressionFault } from '../worker/expression-fault.ts'
import type { SecretMask } from '../worker/secret-mask.ts'
import { holds, isDue } from '../worker/task-properties.ts'

/** Renders what a flowable waits for before it starts, and a loop between two iterations. Never throws: what goes wrong fails the task. */
export async function evaluate(
  flow: CompiledFlow,
  task: CompiledTask,
  state: State,
  scope: () => Scope,
  mask: SecretMask,
): Promise<Decision> {
  try {
    if (state !== 'CREATED') return { type: 'repeat', ...readCheck(await render(flow, task, scope), task) }
    if (!(await isDue(flow, task, scope))) return { type: 'skip' }
    const read = task.flowable && READERS[task.flowable.type]
    if (read === undefined) return { type: 'enter' }
    return { type: 'enter', outputs: read(await render(flow, task, scope), task) }
  } catch (error) {
    const serialized = serializeError(error)
    return { type: 'fail', error: { ...serialized, message: mask.applyToFault(serialized.message) } }
  }
}

/** What a flowable keeps of its rendered properties, as outputs of its task run. */
type Reader = (properties: JsonObject, task: CompiledTask) => JsonObject

const READERS: Readonly<Partial<Record<EngineType, Reader>>> = {
  'io.kestra.plugin.core.flow.If': ({ condition }) => ({ evaluationResult: holds(condition) }),
  'io.kestra.plugin.core.flow.Switch': ({ value }, task) => {
    const text = asText(value ?? null)
    const cases = task.flowable?.properties['cases']
    const isCase = typeof cases === 'object' && cases !== null && Object.hasOwn(cases, text)
    return { value: text, defaults: !isCase }
  },
  'io.kestra.plugin.core.flow.ForEach': ({ values }, task) => ({
    values: loopValues(values, task, 'values'),
  }),
  'io.kestra.plugin.core.flow.EachSequential': ({ value }, task) => ({
    values: loopValues(value, task, 'value'),
  }),
  'io.kestra.plugin.core.flow.EachParallel': ({ value }, task) => ({
    values: loopValues(value, task, 'value'),
  }),
}

/** @see the reference's migration guide 0.23, where the interval became a minute and the bounds went */
const DEFAULT_INTERVAL_MS = 60_000

function readCheck(
  { condition, checkFrequency, failOnMaxReached }: JsonObject,
  task: CompiledTask,
): LoopCheck {
  const frequency = typeof checkFrequency === 'object' && checkFrequency !== null ? checkFrequency : {}
  const read = (name: string): JsonValue | undefined => Reflect.get(frequency, name) ?? undefined
  const durationOf = (name: string): number | undefined => {
    const written = read(name)
    if (written === undefined) return undefined
    const durationMs = parseDurationMs(String(written))
    if (durationMs !== undefined) return durationMs
    throw refuse(
      task,
      `checkFrequency.${name}`,
      `is no duration: ${String(written)}`,
      'Write one such as PT30S.',
    )
  }
  const maxDurationMs = durationOf('maxDuration')
  const maxIterations = read('maxIterations')
  return {
    isMet: holds(condition),
    intervalMs: durationOf('interval') ?? DEFAULT_INTERVAL_MS,
    ...(maxDurationMs === undefined ? {} : { maxDurationMs }),
    ...(maxIterations === undefined ? {} : { maxIterations: Number(maxIterations) }),
    failOnMaxReached: failOnMaxReached === true || failOnMaxReached === 'true',
  }
}

async function render(flow: CompiledFlow, task: CompiledTask, scope: () => Scope): Promise<JsonObject> {
  try {
    const rendered: unknown = await task.properties.render(scope())
    return JSON.parse(JSON.stringify(rendered))
  } catch (error) {
    throw expressionFault(flow, task.path, error)
  }
}

/** The values of a loop, each as text: a list, or JSON text of one. */
function loopValues(written: JsonValue | undefined, task: CompiledTask, property: string): readonly string[] {
  const values = typeof written === 'string' ? parseJson(written) : written
  if (!Array.isArray(values)) {
    throw refuse(task, property, 'is no list', 'Give a list, or an expression or JSON text that gives one.')
  }
  if (values.length > MAX_ITERATIONS) {
    throw refuse(task, property, `has ${values.length} entries; at most ${MAX_ITERATIONS} are run`, TOO_MANY)
  }
  const texts = values.map(asText)
  const sizeBytes = Buffer.byteLength(JSON.stringify(texts))
  if (sizeBytes > MAX_OUTPUT_BYTES - OUTPUT_MARGIN_BYTES) {
    throw refuse(task, property, `has ${sizeBytes} bytes; at most ${MAX_OUTPUT_BYTES} are kept`, TOO_MANY)
  }
  return texts
}

/** Bytes for what stands around the values in a task run's outputs. */
const OUTPUT_MARGIN_BYTES = 64
const TOO_MANY = 'Put the values into a file and loop over batches of it, or over their positions.'

function refuse(task: CompiledTask, property: string, fault: string, hint: string): ExecutionError {
  return new ExecutionError(
    'TASK_PROPERTY_INVALID',
    `The \`${property}\` of task "${task.taskId}" ${fault}.`,
    { hint, at: { path: `${task.path}.${property}` } },
  )
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A value of a loop is always a text: of an object, its JSON. */
function asText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
