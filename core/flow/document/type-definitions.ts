import type { JsonObject, JsonSchema, JsonValue, PluginTypeManifest } from '@pinion/plugin-sdk/manifest'
import type { ResolvedType } from '../../plugin/index.ts'
import { isList, isObject } from '../compile/read-flow.ts'
import { UNSUPPORTED_TASK_PROPERTIES, UNSUPPORTED_TRIGGER_PROPERTIES } from '../schema/features.ts'
import { NESTED_PROPERTIES, TASK_PROPERTIES, TRIGGER_PROPERTIES } from '../schema/plugin-core.ts'
import { supported } from './supported.ts'
import { type SchemaPlaces, translateDefinition, translateProperties } from './to-draft-07.ts'

/** Examples shown with a type: more make hover texts that nobody scrolls. */
const SHOWN_EXAMPLES = 2

/** The definitions that one version of a type adds to the document, by their names there. */
export function definitionsOf(resolved: ResolvedType): Readonly<Record<string, JsonValue>> {
  const { manifest } = resolved
  const name = definitionName(resolved)
  const own = manifest.properties['$defs']
  const inner = own !== undefined && isObject(own) ? Object.entries(own) : []
  const places: SchemaPlaces = {
    kindReference: (kind) => referenceTo(kindName(kind)),
    definitionReference: (wanted, isDynamic) => {
      const index = inner.findIndex(([known]) => known === decodeURIComponent(wanted))
      return referenceTo(innerName(name, index, isDynamic))
    },
  }
  const definitions: [string, JsonValue][] = [[name, typeDefinition(resolved, places)]]
  for (const [index, [, definition]] of inner.entries()) {
    for (const isDynamic of [false, true]) {
      definitions.push([
        innerName(name, index, isDynamic),
        translateDefinition(definition, places, isDynamic),
      ])
    }
  }
  return Object.fromEntries(definitions)
}

export function definitionName({ type, version }: ResolvedType): string {
  return `${type}@${version}`
}

/** The definition of any plugin of a kind. */
export function kindName(kind: string): string {
  return `any:${kind}`
}

/** Names hold letters, digits and `.@:+-` only: nothing that a pointer or a fragment would have to escape. */
export function referenceTo(name: string): string {
  return `#/definitions/${name}`
}

function innerName(name: string, index: number, isDynamic: boolean): string {
  return `${name}:${index}${isDynamic ? ':dynamic' : ''}`
}

function typeDefinition({ manifest, version }: ResolvedType, places: SchemaPlaces): JsonSchema {
  const own = translateProperties(manifest.properties, places)
  const core = coreOf(manifest)
  const { properties, required, ...rules } = own
  return {
    ...rules,
    title: `${manifest.title} (${version})`,
    description: markdownOf(manifest),
    ...(manifest.deprecated === undefined ? {} : { deprecated: true }),
    type: 'object',
    properties: {
      ...(properties !== undefined && isObject(properties) ? properties : {}),
      ...core.properties,
    },
    required: [...core.required, ...(required !== undefined && isList(required) ? required : [])],
  }
}

/** Which properties the platform gives to plugins of a kind. */
type Role = 'task' | 'trigger' | 'nested'

const CORE_PROPERTIES: Readonly<Record<Role, JsonObject>> = {
  task: supported(TASK_PROPERTIES, UNSUPPORTED_TASK_PROPERTIES),
  trigger: {
    ...supported(TRIGGER_PROPERTIES, UNSUPPORTED_TRIGGER_PROPERTIES),
    conditions: {
      ...TRIGGER_PROPERTIES['conditions'],
      items: { $ref: referenceTo(kindName('condition')) },
    },
  },
  nested: NESTED_PROPERTIES,
}

/** The platform's own properties, once for all types: within each they would be most of the document. */
export function coreDefinitions(): JsonObject {
  return Object.fromEntries(
    Object.entries(CORE_PROPERTIES).flatMap(([role, properties]) =>
      Object.entries(properties).map(([name, schema]) => [coreName(role, name), schema]),
    ),
  )
}

function coreName(role: string, property: string): string {
  return `core:${role}:${property}`
}

function coreOf({ kind }: PluginTypeManifest): {
  readonly properties: JsonObject
  readonly required: readonly string[]
} {
  const role: Role = kind === 'task' || kind === 'trigger' ? kind : 'nested'
  const names = Object.keys(CORE_PROPERTIES[role])
  return {
    properties: Object.fromEntries(names.map((name) => [name, { $ref: referenceTo(coreName(role, name)) }])),
    required: role === 'nested' ? ['type'] : ['id', 'type'],
  }
}

/** Editors show descriptions as Markdown. */
function markdownOf({ description, deprecated, examples }: PluginTypeManifest): string {
  return [
    ...(deprecated === undefined ? [] : [`**Deprecated.** ${deprecated.message}`]),
    ...(description === undefined ? [] : [description]),
    ...examples
      .slice(0, SHOWN_EXAMPLES)
      .map(({ title, code }) => `**${title}**\n\n\`\`\`yaml\n${code.trimEnd()}\n\`\`\``),
  ].join('\n\n')
}
