import type { NamespaceDefaults, PluginDefault } from '../../namespace/index.ts'
import type { DefaultLevels } from '../../plugin/index.ts'
import { type PropertyPath, valueAt } from '../path/property-path.ts'

/** Every plugin default that reaches a flow. */
export interface FlowDefaults {
  readonly flow: readonly PluginDefault[]
  /** Nearest first. */
  readonly namespaces: readonly NamespaceDefaults[]
  readonly instance: readonly PluginDefault[]
  /** Which property of the flow holds its own: `pluginDefaults`, or its former name. */
  readonly flowProperty: string
}

export function toLevels(defaults: FlowDefaults): DefaultLevels {
  return {
    flow: defaults.flow,
    namespaces: defaults.namespaces.map((level) => level.defaults),
    instance: defaults.instance,
  }
}

/** The default that a merged value came from: whose it is, and where in the flow it stands if it is the flow's own. */
export interface DefaultOrigin {
  readonly owner: string
  readonly path?: PropertyPath
}

/**
 * Says which default gave a plugin the value at a path. Follows the order in which defaults are merged: forced ones from
 * the instance inwards, the others from the flow outwards.
 *
 * @param names - canonical id and former ids of the type
 * @param value - the merged value at `path`
 * @returns undefined if no default has this value
 */
export function findOrigin(
  defaults: FlowDefaults,
  names: readonly string[],
  path: PropertyPath,
  value: unknown,
): DefaultOrigin | undefined {
  const flow = { owner: 'of the flow', entries: defaults.flow, path: [defaults.flowProperty] }
  const namespaces = defaults.namespaces.map((level) => ({
    owner: `of the namespace ${level.namespace}`,
    entries: level.defaults,
    path: undefined,
  }))
  const instance = { owner: 'of the instance', entries: defaults.instance, path: undefined }
  const candidates = [
    ...[instance, ...namespaces.toReversed(), flow].map((level) => ({ ...level, forced: true })),
    ...[flow, ...namespaces, instance].map((level) => ({ ...level, forced: false })),
  ]
  for (const { owner, entries, path: base, forced } of candidates) {
    for (const [index, entry] of entries.entries()) {
      if (entry.forced !== forced || !covers(entry.type, names)) continue
      const given = valueAt(entry.values, path)
      if (given === undefined || JSON.stringify(given) !== JSON.stringify(value)) continue
      return base === undefined ? { owner } : { owner, path: [...base, index, 'values', ...path] }
    }
  }
  return undefined
}

function covers(type: string, names: readonly string[]): boolean {
  return names.some((name) => name === type || name.startsWith(`${type}.`))
}

/** For the end of a message. @param property - such as `headers.accept` */
export function fromDefault(property: string, { owner }: DefaultOrigin): string {
  return `(\`${property}\` comes from a plugin default ${owner}.)`
}
