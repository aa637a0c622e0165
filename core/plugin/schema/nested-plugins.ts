import { type JsonObject, type JsonValue, PLUGIN_KINDS, type PluginKind } from '@pinion/plugin-sdk/manifest'
import { isJsonObject, LOCAL_REFERENCE } from '../manifest/index.ts'
import { appendName } from './property-path.ts'

/** `*` as a part of the path stands for every entry of a list or value of a map. */
export interface NestedPluginPlace {
  readonly path: string
  readonly kind: PluginKind
}

/** A plugin found within another's properties. `path` is concrete, such as `cases.a[2]`. */
export interface NestedPlugin {
  readonly path: string
  readonly kind: PluginKind
  readonly value: JsonObject
}

const EVERY = '*'

/** The places of a schema where other plugins stand, in the schema's order. */
export function findPluginPlaces(schema: JsonObject): readonly NestedPluginPlace[] {
  const found = new Map<string, PluginKind>()
  visit(schema, [], [], (path, kind) => found.set(path.join('.'), kind))
  return Array.from(found, ([path, kind]) => ({ path, kind }))

  // `open` holds the definitions on the way here: a recursive one is entered once.
  function visit(
    node: JsonValue | undefined,
    path: readonly string[],
    open: readonly string[],
    report: (path: readonly string[], kind: PluginKind) => void,
  ): void {
    if (!isJsonObject(node)) return
    const kind = PLUGIN_KINDS.find((known) => known === node['$plugin'])
    if (kind !== undefined) return report(path, kind)
    const reference = typeof node['$ref'] === 'string' ? LOCAL_REFERENCE.exec(node['$ref'])?.[1] : undefined
    if (reference !== undefined && !open.includes(reference)) {
      const definitions = schema['$defs']
      visit(
        isJsonObject(definitions) ? definitions[reference] : undefined,
        path,
        [...open, reference],
        report,
      )
    }
    for (const [name, child] of entriesOf(node['properties'])) visit(child, [...path, name], open, report)
    visit(node['additionalProperties'], [...path, EVERY], open, report)
    for (const [, child] of entriesOf(node['patternProperties'])) visit(child, [...path, EVERY], open, report)
    const items = node['items']
    // A list of plugins is the same place as one plugin: whoever looks there takes either.
    const isPluginList = isJsonObject(items) && '$plugin' in items
    visit(items, isPluginList ? path : [...path, EVERY], open, report)
    for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
      const branches = node[keyword]
      if (Array.isArray(branches)) for (const branch of branches) visit(branch, path, open, report)
    }
  }
}

/** The plugins that stand at some places of a task's properties, in the order of the places, then of the properties. */
export function locatePlugins(
  properties: JsonValue,
  places: readonly NestedPluginPlace[],
): readonly NestedPlugin[] {
  return places.flatMap(({ path, kind }) =>
    locate(properties, path === '' ? [] : path.split('.'), '').map((found) => ({ ...found, kind })),
  )
}

function locate(
  value: JsonValue | undefined,
  rest: readonly string[],
  path: string,
): readonly { path: string; value: JsonObject }[] {
  const [step, ...further] = rest
  if (step === undefined) {
    if (Array.isArray(value)) return value.flatMap((entry, index) => locate(entry, [], `${path}[${index}]`))
    return isJsonObject(value) && typeof value['type'] === 'string' ? [{ path, value }] : []
  }
  if (step !== EVERY) {
    return isJsonObject(value) && Object.hasOwn(value, step)
      ? locate(value[step], further, appendName(path, step))
      : []
  }
  if (Array.isArray(value))
    return value.flatMap((entry, index) => locate(entry, further, `${path}[${index}]`))
  return entriesOf(value).flatMap(([name, entry]) => locate(entry, further, appendName(path, name)))
}

function entriesOf(value: JsonValue | undefined): readonly [string, JsonValue][] {
  return isJsonObject(value) ? Object.entries(value) : []
}
