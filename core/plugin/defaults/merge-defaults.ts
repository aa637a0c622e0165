import type { JsonObject, JsonValue, PluginTypeManifest } from '@pinion/plugin-sdk/manifest'
import { isJsonObject } from '../manifest/index.ts'
import { locatePlugins, type NestedPluginPlace } from '../schema/index.ts'
import { type DefaultLevels, type MatchingDefault, matchDefaults } from './levels.ts'

/** The plugin that defaults are merged into. A `ResolvedType` with its `names` will do. */
export interface DefaultsTarget {
  /** Canonical id and former ids. */
  readonly names: readonly string[]
  readonly manifest: Pick<PluginTypeManifest, 'properties'>
  readonly propertyNames: ReadonlySet<string>
  readonly nestedPlugins: readonly NestedPluginPlace[]
  /** Properties that every plugin of its kind has beside its own: `retry`, `timeout`, … */
  readonly coreProperties: ReadonlySet<string>
}

/** Finds the type of a plugin nested in another's properties; undefined leaves it as it is. */
export type FindNestedTarget = (nested: JsonObject) => DefaultsTarget | undefined

/**
 * The effective properties of a plugin. Pure; the result shares what did not change with its inputs.
 *
 * From the strongest: forced defaults (instance, namespaces from the outermost inwards, flow: whoever governs more
 * decides), what the plugin itself says, defaults of the flow, of the namespaces from the nearest outwards, of the
 * instance, and its schema's. Maps are merged key by key, lists replaced; two maps whose `type` differs are two
 * different things, of which the stronger one stays whole. A prefix default is ignored where the type lacks the
 * property. `id` and `type` have no defaults.
 *
 * @param written - the plugin as in the flow, `type` and core properties included
 * @see the reference's page on plugin defaults
 */
export function mergeDefaults(
  written: JsonObject,
  target: DefaultsTarget,
  levels: DefaultLevels,
  findNested: FindNestedTarget = () => undefined,
): JsonObject {
  const strongestFirst: JsonObject[] = [
    ...pick(forcedLevels(levels), target, true),
    written,
    ...pick([levels.flow, ...levels.namespaces, levels.instance], target, false),
    schemaDefaults(target.manifest.properties),
  ]
  const merged = strongestFirst.reduce(mergeMaps)
  return mergeNested(merged, target, levels, findNested)
}

function forcedLevels(levels: DefaultLevels): DefaultLevels['namespaces'] {
  return [levels.instance, ...levels.namespaces.toReversed(), levels.flow]
}

function pick(
  levels: DefaultLevels['namespaces'],
  target: DefaultsTarget,
  forced: boolean,
): readonly JsonObject[] {
  return levels.flatMap((level) =>
    matchDefaults(level, target.names, forced).map((matching) => keepKnown(matching, target)),
  )
}

const NEVER_DEFAULTED = new Set(['id', 'type'])
/** Core to every plugin, nested ones as well. */
const VERSION = 'version'

function keepKnown({ values, isExact }: MatchingDefault, target: DefaultsTarget): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => {
      if (NEVER_DEFAULTED.has(name)) return false
      const isKnown = name === VERSION || target.propertyNames.has(name) || target.coreProperties.has(name)
      // An exact entry keeps what the type does not know, for the validation to say so.
      return isExact || isKnown
    }),
  )
}

function schemaDefaults(schema: JsonObject): JsonObject {
  const properties = isJsonObject(schema['properties']) ? Object.entries(schema['properties']) : []
  return Object.fromEntries(
    properties.flatMap(([name, property]) => {
      const value = isJsonObject(property) ? property['default'] : undefined
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

function mergeMaps(stronger: JsonObject, weaker: JsonObject): JsonObject {
  const [type, otherType] = [stronger['type'], weaker['type']]
  if (typeof type === 'string' && typeof otherType === 'string' && type !== otherType) return stronger
  // Entries, not assignments: a key called __proto__ stays a key, and is dropped.
  const merged = new Map<string, JsonValue>(Object.entries(stronger))
  for (const [name, value] of Object.entries(weaker)) {
    const known = merged.get(name)
    if (known === undefined) merged.set(name, value)
    else if (isJsonObject(known) && isJsonObject(value)) merged.set(name, mergeMaps(known, value))
  }
  merged.delete('__proto__')
  return Object.fromEntries(merged)
}

function mergeNested(
  properties: JsonObject,
  target: DefaultsTarget,
  levels: DefaultLevels,
  findNested: FindNestedTarget,
): JsonObject {
  const replacements = new Map<JsonValue, JsonObject>()
  for (const { value } of locatePlugins(properties, target.nestedPlugins)) {
    const nested = findNested(value)
    if (nested !== undefined) replacements.set(value, mergeDefaults(value, nested, levels, findNested))
  }
  return replacements.size === 0 ? properties : replaceIn(properties, replacements)
}

function replaceIn(map: JsonObject, replacements: ReadonlyMap<JsonValue, JsonObject>): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, replace(value, replacements)]))
}

function replace(value: JsonValue, replacements: ReadonlyMap<JsonValue, JsonObject>): JsonValue {
  const replacement = replacements.get(value)
  if (replacement !== undefined) return replacement
  if (Array.isArray(value)) return value.map((entry) => replace(entry, replacements))
  return isJsonObject(value) ? replaceIn(value, replacements) : value
}
