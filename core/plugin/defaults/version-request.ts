import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import type { PluginDefault } from '../../namespace/index.ts'
import type { VersionRequest } from '../resolved-type.ts'
import { type DefaultLevels, matchDefaults } from './levels.ts'

/**
 * What each level asks for as the version of a plugin: `version` is a property like any other, so defaults set it, and
 * forced ones override it. Comes before {@link mergeDefaults}, because only a version says which properties there are.
 *
 * @param plugin - as written in the flow, with its `type`
 * @param names - canonical id and former ids: `CatalogSnapshot.namesOf`
 * @param defaultVersion - `plugins.management.defaultVersion`
 */
export function toVersionRequest(
  plugin: JsonObject,
  names: readonly string[],
  levels: DefaultLevels,
  defaultVersion: string,
): VersionRequest {
  const forced =
    versionIn(levels.instance, names, true) ??
    firstOf(levels.namespaces.toReversed(), names, true) ??
    versionIn(levels.flow, names, true)
  const task = forced ?? textOf(plugin['version'])
  const flow = versionIn(levels.flow, names, false)
  const namespace = firstOf(levels.namespaces, names, false)
  return {
    type: textOf(plugin['type']) ?? '',
    ...(task === undefined ? {} : { task }),
    ...(flow === undefined ? {} : { flow }),
    ...(namespace === undefined ? {} : { namespace }),
    instance: versionIn(levels.instance, names, false) ?? defaultVersion,
  }
}

function firstOf(
  levels: DefaultLevels['namespaces'],
  names: readonly string[],
  forced: boolean,
): string | undefined {
  for (const level of levels) {
    const found = versionIn(level, names, forced)
    if (found !== undefined) return found
  }
  return undefined
}

function versionIn(
  defaults: readonly PluginDefault[],
  names: readonly string[],
  forced: boolean,
): string | undefined {
  for (const { values } of matchDefaults(defaults, names, forced)) {
    const version = textOf(values['version'])
    if (version !== undefined) return version
  }
  return undefined
}

/** YAML reads `version: 2` as a number; a request is a text. Blank asks for nothing. */
function textOf(value: JsonValue | undefined): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text.trim() !== '' ? text : undefined
}
