import type { PluginManifest, PluginPermissions } from '@pinion/plugin-sdk/manifest'

/**
 * STAGED: kept, not yet loaded by every worker. ACTIVE: selectable. FAILED: a worker could not load it (`reason`).
 * DRAINING: no new attempts; removed when the last one ended.
 */
export type InstallState = 'STAGED' | 'ACTIVE' | 'FAILED' | 'DRAINING'

/** One installed version of one plugin package. Versions are instance wide: they carry no tenant. */
export interface PluginVersionRecord {
  readonly packageName: string
  readonly version: string
  /** SRI of the package's tarball. */
  readonly integrity: string
  readonly state: InstallState
  readonly reason?: string
  /** Where it came from: a repository's name, or `upload`. */
  readonly repository: string
  readonly manifest: PluginManifest
  readonly grantedPermissions: PluginPermissions
  /** Unix epoch in milliseconds. */
  readonly installedAtMs: number
  /** From the registry, as last seen. */
  readonly distTags: readonly string[]
  readonly deprecatedMessage?: string
}

/** Kept by `core/store`. Every method is one transaction; `save` inserts or replaces by package name and version. */
export interface PluginVersionRepository {
  list(): Promise<readonly PluginVersionRecord[]>
  find(packageName: string, version: string): Promise<PluginVersionRecord | undefined>
  save(record: PluginVersionRecord): Promise<void>
  /** Moves from one state to another; false if it was not in `from`. */
  transition(
    packageName: string,
    version: string,
    from: InstallState,
    to: InstallState,
    reason?: string,
  ): Promise<boolean>
  remove(packageName: string, version: string): Promise<void>
  /** Replaces the dist-tags of all installed versions of a package. @param tags - tag to version */
  saveDistTags(packageName: string, tags: Readonly<Record<string, string>>): Promise<void>
  saveDeprecation(packageName: string, version: string, message: string | undefined): Promise<void>
}
