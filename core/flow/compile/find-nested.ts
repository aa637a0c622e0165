import type { JsonObject, JsonValue, PluginKind } from '@pinion/plugin-sdk/manifest'
import type { ResolvedType } from '../../plugin/index.ts'
import type { PropertyPath } from '../path/property-path.ts'
import { isList } from './read-flow.ts'

/** A plugin as it stands within another's properties; `path` is below the outer one. */
export interface FoundPlugin {
  readonly path: PropertyPath
  readonly kind: PluginKind
  readonly written: JsonObject
}

const EVERY = '*'

/**
 * The plugins within a plugin's properties, at the places that its schema and its kind name. An expression, or anything else that is
 * no object, is no plugin: the outer schema says what may stand there.
 */
export function findNestedPlugins(
  places: ResolvedType['nestedPlugins'],
  properties: JsonObject,
): readonly FoundPlugin[] {
  return places.flatMap(({ path, kind }) =>
    collect(properties, path === '' ? [] : path.split('.'), []).map((found) => ({ ...found, kind })),
  )
}

function collect(
  value: JsonValue | undefined,
  steps: readonly string[],
  path: PropertyPath,
): readonly { readonly path: PropertyPath; readonly written: JsonObject }[] {
  if (value === undefined || value === null || typeof value !== 'object') return []
  const [step, ...rest] = steps
  if (isList(value)) {
    // A place that is a list of plugins is named like a single one.
    const below = step === EVERY ? rest : steps
    return step === undefined || step === EVERY
      ? value.flatMap((item, index) => collect(item, below, [...path, index]))
      : []
  }
  if (step === undefined) return [{ path, written: value }]
  if (step === EVERY) {
    return Object.entries(value).flatMap(([name, item]) => collect(item, rest, [...path, name]))
  }
  return Object.hasOwn(value, step) ? collect(value[step], rest, [...path, step]) : []
}
