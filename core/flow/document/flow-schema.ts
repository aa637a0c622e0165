import {
  type JsonObject,
  type JsonSchema,
  type JsonValue,
  PLUGIN_KINDS,
  type PluginKind,
} from '@pinion/plugin-sdk/manifest'
import { PinionError } from '../../errors/index.ts'
import type { CatalogSnapshot, ResolvedType } from '../../plugin/index.ts'
import {
  UNSUPPORTED_FLOW_PROPERTIES,
  UNSUPPORTED_INPUT_PROPERTIES,
  UNSUPPORTED_INPUT_TYPES,
} from '../schema/features.ts'
import { FLOW_PROPERTIES, FLOW_REQUIRED, TASK_LISTS } from '../schema/flow-core.ts'
import { INPUT_TYPES, inputSchema } from '../schema/input-schemas.ts'
import { supported } from './supported.ts'
import { coreDefinitions, definitionName, definitionsOf, kindName, referenceTo } from './type-definitions.ts'

const cached = new WeakMap<CatalogSnapshot, Map<string, JsonSchema>>()

/**
 * One JSON Schema for a whole flow: its own structure and every installed version of every type. For editors; the
 * server's own check is stricter (ids, versions, references) and knows plugin defaults, which may supply what is
 * required here.
 *
 * Draft 07, because that is what editors understand: monaco-yaml and the YAML extension of VS Code build on a language
 * server that ignores or refuses newer drafts in most of its releases. Plugin schemas (2020-12) are translated; what
 * draft 07 cannot say is left to the server. Plain JSON Schema: no keyword of our own.
 *
 * @param instanceVersion - `plugins.management.defaultVersion`: what a task without a version runs with
 * @returns the same object for the same snapshot
 */
export function flowSchema(catalog: CatalogSnapshot, instanceVersion: string): JsonSchema {
  const known = cached.get(catalog) ?? new Map<string, JsonSchema>()
  cached.set(catalog, known)
  const schema = known.get(instanceVersion) ?? makeSchema(catalog, instanceVersion)
  known.set(instanceVersion, schema)
  return schema
}

function makeSchema(catalog: CatalogSnapshot, instanceVersion: string): JsonSchema {
  const definitions: Record<string, JsonValue> = { ...coreDefinitions() }
  for (const kind of PLUGIN_KINDS) {
    const types = catalog.listTypes(kind).map((type) => describeType(catalog, type, instanceVersion))
    for (const { versions } of types)
      for (const version of versions) Object.assign(definitions, definitionsOf(version))
    definitions[kindName(kind)] = anyOfKind(kind, types)
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Flow',
    description: 'A flow of this instance, with all types that are installed.',
    type: 'object',
    properties: flowProperties(),
    required: [...FLOW_REQUIRED],
    additionalProperties: false,
    definitions,
  }
}

function flowProperties(): JsonObject {
  const properties = supported(FLOW_PROPERTIES, UNSUPPORTED_FLOW_PROPERTIES)
  const listOf = (name: string, kind: PluginKind): JsonSchema => ({
    ...FLOW_PROPERTIES[name],
    items: { $ref: referenceTo(kindName(kind)) },
  })
  const input = inputSchema(
    INPUT_TYPES.filter((type) => !Object.hasOwn(UNSUPPORTED_INPUT_TYPES, type)),
    (name) => !Object.hasOwn(UNSUPPORTED_INPUT_PROPERTIES, name),
  )
  return {
    ...properties,
    inputs: { ...FLOW_PROPERTIES['inputs'], items: input },
    ...Object.fromEntries(TASK_LISTS.map((list) => [list, listOf(list, 'task')])),
    triggers: listOf('triggers', 'trigger'),
  }
}

interface DescribedType {
  /** Canonical id and former ids. */
  readonly names: readonly string[]
  /** Newest first. */
  readonly versions: readonly ResolvedType[]
  /** What runs without a version; undefined if the instance asks for one. */
  readonly unpinned: ResolvedType | undefined
}

function describeType(catalog: CatalogSnapshot, type: string, instanceVersion: string): DescribedType {
  return {
    names: catalog.namesOf(type),
    versions: catalog.listVersions(type).filter((version) => version.type === type),
    unpinned: resolveUnpinned(catalog, type, instanceVersion),
  }
}

function resolveUnpinned(catalog: CatalogSnapshot, type: string, instance: string): ResolvedType | undefined {
  try {
    return catalog.resolve({ type, instance }).resolved
  } catch (error) {
    if (error instanceof PinionError) return undefined
    throw error
  }
}

function anyOfKind(kind: PluginKind, types: readonly DescribedType[]): JsonSchema {
  // A list of alternatives may not be empty: nothing can stand there then.
  if (types.length === 0) return { description: `No installed plugin is a ${kind}.`, not: {} }
  const needsId = kind === 'task' || kind === 'trigger'
  return {
    type: 'object',
    required: needsId ? ['id', 'type'] : ['type'],
    properties: { type: { type: 'string', enum: types.flatMap(({ names }) => names) } },
    allOf: types.map((type) => ({
      if: { required: ['type'], properties: { type: { enum: [...type.names] } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: byVersion(type),
    })),
  }
}

/** An exact version means its own schema; a range or tag means any, since a schema cannot resolve one. */
function byVersion({ versions, unpinned }: DescribedType): JsonSchema {
  const references = versions.map((version) => ({
    version: version.version,
    schema: { $ref: referenceTo(definitionName(version)) },
  }))
  const [only, second] = references
  if (only !== undefined && second === undefined) return only.schema
  const any: JsonSchema = { anyOf: references.map(({ schema }) => schema) }
  const pinned = references.reduceRight<JsonSchema>(
    (otherwise, { version, schema }) => ({
      if: { properties: { version: { const: version } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: schema,
      else: otherwise,
    }),
    any,
  )
  return {
    if: { required: ['version'] },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: pinned,
    else: unpinned === undefined ? any : { $ref: referenceTo(definitionName(unpinned)) },
  }
}
