import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseYaml, splitYamlDocuments } from '@pinion/core/flow'
import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'

/**
 * What one run of a flow must come to; what is not there is not looked at. A task run is named by its task and, in a
 * loop, its value: `inner[alpha]`.
 */
export interface Expectation {
  readonly inputs?: JsonObject
  readonly state?: string
  /** In order of creation, such as `inner[alpha] SUCCESS`. */
  readonly taskRuns?: readonly string[]
  /** Messages of tasks, in order of time. */
  readonly logs?: readonly string[]
  /** Whether task runs and logs may come in any order. */
  readonly inAnyOrder?: boolean
  readonly outputs?: JsonObject
  readonly taskOutputs?: Readonly<Record<string, JsonValue>>
  /** The states that a task run went through, such as `CREATED RUNNING SUCCESS`. */
  readonly histories?: Readonly<Record<string, string>>
  /** Most runs of a task that may, and do, go on at the same time. */
  readonly atOnce?: Readonly<Record<string, number>>
  /** A part of the error's message, by task run. */
  readonly errors?: Readonly<Record<string, string>>
  /** Why the flow is refused: place and code, such as `12:7 FLOW_TASK_CYCLE`. */
  readonly problems?: readonly string[]
}

const FIELDS: ReadonlySet<string> = new Set([
  'inputs',
  'state',
  'taskRuns',
  'logs',
  'inAnyOrder',
  'outputs',
  'taskOutputs',
  'histories',
  'atOnce',
  'errors',
  'problems',
])

/** A file of a feature's folder: a flow, and in the documents after it what its runs must come to. */
export interface FlowCase {
  /** Such as `for-each/values`. */
  readonly name: string
  readonly source: string
  readonly flowId: string
  readonly expectations: readonly Expectation[]
}

export function readFlowCases(folder: string): readonly FlowCase[] {
  const features = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return features.flatMap(({ name: feature }) =>
    readdirSync(join(folder, feature))
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => readCase(`${feature}/${file.replace(/\.yaml$/, '')}`, join(folder, feature, file))),
  )
}

function readCase(name: string, file: string): FlowCase {
  const { documents } = splitYamlDocuments(readFileSync(file, 'utf8'))
  const [flow, ...expectations] = documents.map(({ source }) => ({ source, data: readObject(source, file) }))
  if (flow === undefined || expectations.length === 0)
    throw new Error(`${file} needs a flow and an expectation.`)
  for (const field of expectations.flatMap(({ data }) => Object.keys(data))) {
    if (!FIELDS.has(field)) throw new Error(`${file} expects "${field}", which no test looks at.`)
  }
  return {
    name,
    source: flow.source,
    flowId: String(flow.data['id']),
    expectations: expectations.map(({ data }) => data as Expectation),
  }
}

function readObject(text: string, file: string): JsonObject {
  const { yaml, problems } = parseYaml(text)
  const data = yaml?.data
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as JsonObject
  throw new Error(`${file} holds a document that is no object: ${JSON.stringify(problems)}`)
}
