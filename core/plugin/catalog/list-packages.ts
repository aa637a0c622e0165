import type { PluginPermissions } from '@pinion/plugin-sdk/manifest'
import type { InstallState } from '../repository.ts'
import { compareVersionsDescending } from '../version/index.ts'
import type { Snapshot } from './snapshot.ts'

export interface PackageView {
  readonly packageName: string
  readonly title: string
  readonly description: string
  readonly group: string
  /** SVG text. */
  readonly icon: string
  /** Newest first, in every state. */
  readonly versions: readonly PackageVersionView[]
}

export interface PackageVersionView {
  readonly version: string
  readonly state: InstallState
  /** Why it is FAILED. */
  readonly reason?: string
  readonly integrity: string
  /** SRI of the bundle alone. */
  readonly bundleSha512: string
  readonly repository: string
  readonly installedAtMs: number
  readonly distTags: readonly string[]
  readonly deprecatedMessage?: string
  readonly runtime: 'isolate' | 'node'
  readonly requestedPermissions: PluginPermissions
  readonly grantedPermissions: PluginPermissions
  readonly types: readonly string[]
}

export function listPackages(snapshot: Snapshot): readonly PackageView[] {
  const byPackage = Map.groupBy(snapshot.records, ({ packageName }) => packageName)
  return [...byPackage]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([packageName, records]) => {
      const sorted = records.toSorted((left, right) => compareVersionsDescending(left.version, right.version))
      const { manifest } = sorted[0]!
      return {
        packageName,
        title: manifest.title,
        description: manifest.description,
        group: manifest.group,
        icon: manifest.icon,
        versions: sorted.map((record) => ({
          version: record.version,
          state: record.state,
          ...(record.reason === undefined ? {} : { reason: record.reason }),
          integrity: record.integrity,
          bundleSha512: record.manifest.bundle.sha512,
          repository: record.repository,
          installedAtMs: record.installedAtMs,
          distTags: record.distTags,
          ...(record.deprecatedMessage === undefined ? {} : { deprecatedMessage: record.deprecatedMessage }),
          runtime: record.manifest.runtime,
          requestedPermissions: record.manifest.permissions,
          grantedPermissions: record.grantedPermissions,
          types: record.manifest.types.map(({ type }) => type),
        })),
      }
    })
}
