import type {
  ExampleManifest,
  MetricManifest,
  PluginKind,
  PluginTypeManifest,
} from '@pinion/plugin-sdk/manifest'
import {
  describeGroups,
  describeProperties,
  type PropertyDescription,
  type PropertyGroup,
} from './describe-properties.ts'
import { findVersion } from './json-schema.ts'
import { packageOf } from './list-groups.ts'
import type { Snapshot } from './snapshot.ts'

/** All that a type's documentation page shows. Texts are Markdown of strangers: whoever renders them sanitises them. */
export interface TypeDescription {
  readonly type: string
  readonly kind: PluginKind
  readonly title: string
  readonly description?: string
  readonly packageName: string
  readonly version: string
  readonly integrity: string
  readonly group: string
  readonly subgroup?: { readonly id: string; readonly title: string }
  /** SVG text: the subgroup's, else the package's. */
  readonly icon: string
  readonly propertyGroups: readonly PropertyGroup[]
  readonly outputs: readonly PropertyDescription[]
  readonly metrics: readonly MetricManifest[]
  /** Those that are no whole flow are completed with an id and the type. */
  readonly examples: readonly ExampleManifest[]
  readonly aliases: readonly string[]
  readonly deprecated?: NonNullable<PluginTypeManifest['deprecated']>
  readonly isBeta: boolean
  /** Active versions that offer it, newest first. */
  readonly versions: readonly {
    readonly version: string
    readonly distTags: readonly string[]
    readonly deprecatedMessage?: string
  }[]
}

export function describeType(
  snapshot: Snapshot,
  type: string,
  version?: string,
): TypeDescription | undefined {
  const resolved = findVersion(snapshot, type, version)
  if (resolved === undefined) return undefined
  const { manifest, packageName } = resolved
  const record = snapshot.findRecord(packageName, resolved.version)
  if (record === undefined) return undefined
  const subgroup = record.manifest.subgroups.find(({ id }) => id === packageOf(resolved.type))
  return {
    type: resolved.type,
    kind: resolved.kind,
    title: manifest.title,
    ...(manifest.description === undefined ? {} : { description: manifest.description }),
    packageName,
    version: resolved.version,
    integrity: resolved.integrity,
    group: record.manifest.group,
    ...(subgroup === undefined ? {} : { subgroup: { id: subgroup.id, title: subgroup.title } }),
    icon: subgroup?.icon ?? record.manifest.icon,
    propertyGroups: describeGroups(manifest.properties),
    outputs: manifest.outputs === undefined ? [] : describeProperties(manifest.outputs),
    metrics: manifest.metrics,
    examples: manifest.examples.map((example) => completeExample(example, resolved.type)),
    aliases: manifest.aliases,
    ...(manifest.deprecated === undefined ? {} : { deprecated: manifest.deprecated }),
    isBeta: manifest.beta ?? false,
    versions: listVersions(snapshot, type, packageName),
  }
}

function listVersions(snapshot: Snapshot, type: string, packageName: string): TypeDescription['versions'] {
  const records = new Map(
    snapshot.records
      .filter((record) => record.packageName === packageName)
      .map((record) => [record.version, record]),
  )
  return snapshot.listVersions(type).map(({ version }) => {
    const deprecatedMessage = records.get(version)?.deprecatedMessage
    return {
      version,
      distTags: records.get(version)?.distTags ?? [],
      ...(deprecatedMessage === undefined ? {} : { deprecatedMessage }),
    }
  })
}

function completeExample(example: ExampleManifest, type: string): ExampleManifest {
  if (example.full) return example
  const name = type.slice(type.lastIndexOf('.') + 1)
  const id = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
  return { ...example, code: `id: ${id}\ntype: ${type}\n${example.code}` }
}
