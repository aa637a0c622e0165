import type { PluginTypeManifest } from '@pinion/plugin-sdk/manifest'
import type { BundleRef } from '../../runtime/index.ts'
import { isJsonObject } from '../manifest/index.ts'
import type { PluginVersionRecord } from '../repository.ts'
import type { ResolvedType } from '../resolved-type.ts'
import { createTypeChecks, findPluginPlaces } from '../schema/index.ts'

/** Where a bundle and its source map lie on this machine. */
export interface BundlePaths {
  readonly bundlePath: string
  readonly sourceMapPath?: string
}
export type LocateBundle = (manifest: PluginVersionRecord['manifest']) => BundlePaths

/** One installed version with its types ready to use. Made once per version; snapshots share it. */
export interface InstalledVersion {
  readonly record: PluginVersionRecord
  readonly types: readonly ResolvedType[]
}

export function toInstalledVersion(record: PluginVersionRecord, locate: LocateBundle): InstalledVersion {
  const bundle = toBundleRef(record, locate)
  return { record, types: record.manifest.types.map((type) => toResolvedType(record, bundle, type)) }
}

/** The version as the runtime takes it. */
export function toBundleRef(record: PluginVersionRecord, locate: LocateBundle): BundleRef {
  const { manifest } = record
  return {
    packageName: record.packageName,
    version: record.version,
    runtime: manifest.runtime,
    sha512: manifest.bundle.sha512,
    ...locate(manifest),
    permissions: record.grantedPermissions,
    types: manifest.types
      .filter(({ executedBy }) => executedBy === undefined)
      .map(({ type, freshContext }) => ({ type, freshContext: freshContext ?? false })),
  }
}

function toResolvedType(
  record: PluginVersionRecord,
  bundle: BundleRef,
  manifest: PluginTypeManifest,
): ResolvedType {
  const properties = manifest.properties['properties']
  return {
    type: manifest.type,
    kind: manifest.kind,
    packageName: record.packageName,
    version: record.version,
    integrity: record.integrity,
    manifest,
    bundle,
    propertyNames: new Set(isJsonObject(properties) ? Object.keys(properties) : []),
    nestedPlugins: findPluginPlaces(manifest.properties),
    ...createTypeChecks(manifest),
  }
}
