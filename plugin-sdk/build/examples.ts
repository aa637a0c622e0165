import type { BuildFault } from '../errors.ts'
import {
  type AuthoredKind,
  allowExpressions,
  type DeclaredType,
  describeError,
  FaultList,
  isJsonObject,
  type ParsedTypeSchema,
  pathOfError,
  type SchemaDialect,
  SourceDocument,
  type SourcePath,
  type SourcePosition,
  type Validate,
} from '../schema/index.ts'
import { PLATFORM_PROPERTIES } from './platform-properties.ts'

/**
 * What checks the properties of one type as they are written in a flow: expressions may stand where `$dynamic`
 * says so.
 */
export interface PropertiesCheck {
  readonly kind: AuthoredKind
  readonly validate: Validate
}

/** An example as it is written in a schema file, with its YAML read. */
export interface ParsedExample {
  readonly title: string
  readonly code: string
  readonly isFull: boolean
  readonly document: SourceDocument
  /** Where line `at` of the code stands in the schema file. */
  readonly positionOf: (at: SourcePosition) => SourcePosition
}

/**
 * A deeper check of a whole flow, as the platform does it when a flow is saved. Positions are within the YAML.
 */
export type FlowCheck = (yaml: string) => Promise<readonly FlowProblem[]> | readonly FlowProblem[]
export interface FlowProblem {
  readonly message: string
  readonly hint?: string
  readonly line?: number
  readonly column?: number
}

const FLOW_FIELDS = ['id', 'namespace', 'tasks'] as const

export function compileCheck(declared: DeclaredType, dialect: SchemaDialect): PropertiesCheck {
  return { kind: declared.kind, validate: dialect.compile(allowExpressions(declared.properties)) }
}

export function parseExamples({ declared, document }: ParsedTypeSchema): readonly ParsedExample[] {
  return (declared?.examples ?? []).map(({ title, code, full }, index) => {
    const text = typeof code === 'string' ? code : code.join('\n')
    const path = ['examples', index, 'code']
    return {
      title,
      code: text,
      isFull: full === true,
      document: new SourceDocument(text),
      positionOf: (at) =>
        typeof code === 'string'
          ? document.positionWithin(path, at)
          : document.positionOf([...path, at.line - 1]),
    }
  })
}

/**
 * Checks a type's examples: the properties of one task or trigger against its own schema, a whole flow wherever
 * it uses a type of this plugin.
 *
 * @param checks - by type id and by alias
 */
export function checkExamples(
  parsed: ParsedTypeSchema,
  type: string,
  examples: readonly ParsedExample[],
  checks: ReadonlyMap<string, PropertiesCheck>,
): readonly BuildFault[] {
  const list = new FaultList(parsed.file, parsed.document)
  for (const example of examples) {
    const { document } = example
    for (const fault of document.syntaxFaults)
      refuse(list, example, fault, `is not valid YAML: ${fault.message}`)
    if (document.syntaxFaults.length > 0) continue
    if (example.isFull) checkFlow(list, example, type, checks)
    else checkUse(list, example, document.value ?? {}, [], checks.get(type), false)
  }
  return list.faults
}

/** Hands every whole flow among the examples to the platform's own check. */
export async function checkFlows(
  parsed: ParsedTypeSchema,
  examples: readonly ParsedExample[],
  check: FlowCheck,
): Promise<readonly BuildFault[]> {
  const list = new FaultList(parsed.file, parsed.document)
  for (const example of examples.filter(({ isFull }) => isFull)) {
    for (const { message, hint, line = 1, column = 1 } of await check(example.code)) {
      refuse(list, example, { line, column }, `is not a valid flow: ${message}`, hint)
    }
  }
  return list.faults
}

function checkFlow(
  list: FaultList,
  example: ParsedExample,
  type: string,
  checks: ReadonlyMap<string, PropertiesCheck>,
): void {
  const { document } = example
  const flow = document.value
  if (!isJsonObject(flow)) {
    refuse(
      list,
      example,
      { line: 1, column: 1 },
      'is not a flow',
      'A full example has id, namespace and tasks.',
    )
    return
  }
  for (const field of FLOW_FIELDS.filter((name) => !(name in flow))) {
    refuse(
      list,
      example,
      { line: 1, column: 1 },
      `lacks \`${field}\``,
      'A full example is a flow with id, namespace and tasks.',
    )
  }
  const hasDefaults = 'pluginDefaults' in flow || 'taskDefaults' in flow
  let usesOwnType = false
  forEachObject(flow, (value, path) => {
    const used = value['type']
    const isDefault = path[0] === 'pluginDefaults' || path[0] === 'taskDefaults'
    if (typeof used !== 'string' || isDefault) return
    if (used === type) usesOwnType = true
    const check = checks.get(used)
    if (check) checkUse(list, example, value, path, check, hasDefaults)
  })
  if (!usesOwnType) {
    refuse(
      list,
      example,
      { line: 1, column: 1 },
      `does not use ${type}`,
      'Show the type that it is an example of.',
    )
  }
}

/** @param mayLack - true if required properties may come from the flow's plugin defaults */
function checkUse(
  list: FaultList,
  example: ParsedExample,
  value: unknown,
  path: SourcePath,
  check: PropertiesCheck | undefined,
  mayLack: boolean,
): void {
  if (check === undefined) return
  if (!isJsonObject(value)) {
    refuse(
      list,
      example,
      { line: 1, column: 1 },
      'is not a list of properties',
      'Write `property: value` lines.',
    )
    return
  }
  for (const error of check.validate(value)) {
    const errorPath = pathOfError(error)
    const isExtra = error.keyword === 'additionalProperties'
    if (isExtra && errorPath.length === 1 && PLATFORM_PROPERTIES[check.kind].has(errorPath[0] ?? '')) continue
    if (error.keyword === 'required' && mayLack) continue
    const fullPath = [...path, ...errorPath]
    const at = isExtra ? example.document.positionOfKey(fullPath) : example.document.positionOf(fullPath)
    refuse(list, example, at, `does not fit the schema: ${describeError(error)}`)
  }
}

function refuse(
  list: FaultList,
  example: ParsedExample,
  at: SourcePosition,
  what: string,
  hint?: string,
): void {
  list.at(example.positionOf(at), {
    code: 'BUILD_EXAMPLE_INVALID',
    message: `The example "${example.title}" ${what}.`,
    ...(hint === undefined ? {} : { hint }),
  })
}

function forEachObject(
  value: unknown,
  visit: (value: Readonly<Record<string, unknown>>, path: SourcePath) => void,
  path: SourcePath = [],
): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) forEachObject(item, visit, [...path, index])
  } else if (isJsonObject(value)) {
    visit(value, path)
    for (const [key, item] of Object.entries(value)) forEachObject(item, visit, [...path, key])
  }
}
