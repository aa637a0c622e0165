import type { PluginKind } from '@pinion/plugin-sdk/manifest'
import type { ResolvedType } from '../resolved-type.ts'
import { chooseVersion, parseVersionRequest } from '../version/index.ts'
import type { InstalledVersion } from './installed-version.ts'
import type { Snapshot } from './snapshot.ts'

export interface TypeSummary {
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly deprecated: boolean
}

/** A package, or one subgroup of it, with the types of its newest active version by kind. */
export interface PluginGroup {
  readonly packageName: string
  readonly version: string
  readonly group: string
  /** Set for a subgroup: the package part of its types' ids. */
  readonly subgroup?: string
  readonly title: string
  readonly description?: string
  /** Markdown; of the package itself only. */
  readonly docs?: string
  readonly guides: readonly string[]
  readonly categories: readonly string[]
  /** SVG text. */
  readonly icon: string
  readonly aliases: readonly string[]
  /** Sorted by id. A kind without types is absent. */
  readonly types: Readonly<Partial<Record<PluginKind, readonly TypeSummary[]>>>
}

/** @see the reference's `GET /plugins`: one entry a package, followed by one for each of its subgroups */
export function listGroups(snapshot: Snapshot): readonly PluginGroup[] {
  const active = snapshot.versions.filter(({ record }) => record.state === 'ACTIVE')
  const byPackage = Map.groupBy(active, ({ record }) => record.packageName)
  return [...byPackage]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([, versions]) => groupsOf(newestOf(versions), snapshot))
}

const LATEST = parseVersionRequest('LATEST')

function newestOf(versions: readonly InstalledVersion[]): InstalledVersion {
  const chosen = chooseVersion(
    LATEST,
    versions.map((installed) => ({
      version: installed.record.version,
      distTags: installed.record.distTags,
      installed,
    })),
  )
  if (chosen === undefined) throw new RangeError('A package without versions has no newest one.')
  return chosen.installed
}

function groupsOf({ record, types }: InstalledVersion, snapshot: Snapshot): readonly PluginGroup[] {
  const { manifest } = record
  const allowed = types.filter((type) => snapshot.isAllowed(type))
  const base = { packageName: record.packageName, version: record.version, group: manifest.group }
  const whole: PluginGroup = {
    ...base,
    title: manifest.title,
    description: manifest.description,
    ...(manifest.docs === undefined ? {} : { docs: manifest.docs }),
    guides: manifest.guides.map(({ title }) => title),
    categories: [...new Set(manifest.subgroups.flatMap(({ categories }) => categories))],
    icon: manifest.icon,
    ...typesByKind(allowed),
  }
  const subgroups = manifest.subgroups.map((subgroup) => ({
    ...base,
    subgroup: subgroup.id,
    title: subgroup.title,
    ...(subgroup.description === undefined ? {} : { description: subgroup.description }),
    guides: [],
    categories: subgroup.categories,
    icon: subgroup.icon ?? manifest.icon,
    ...typesByKind(allowed.filter(({ type }) => packageOf(type) === subgroup.id)),
  }))
  return [whole, ...subgroups]
}

function typesByKind(types: readonly ResolvedType[]): Pick<PluginGroup, 'types' | 'aliases'> {
  const sorted = types.toSorted((left, right) => (left.type < right.type ? -1 : 1))
  return {
    aliases: sorted.flatMap(({ manifest }) => manifest.aliases),
    types: Object.fromEntries(
      Array.from(
        Map.groupBy(sorted, ({ kind }) => kind),
        ([kind, members]) => [kind, members.map(summarize)],
      ),
    ),
  }
}

function summarize({ type, manifest }: ResolvedType): TypeSummary {
  return {
    type,
    title: manifest.title,
    ...(manifest.description === undefined ? {} : { description: manifest.description }),
    deprecated: manifest.deprecated !== undefined,
  }
}

/** `io.kestra.plugin.core.http` of `io.kestra.plugin.core.http.Request`. */
export function packageOf(type: string): string {
  return type.slice(0, Math.max(0, type.lastIndexOf('.')))
}
