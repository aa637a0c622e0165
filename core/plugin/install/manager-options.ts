import type { Storage } from '../../storage/index.ts'
import type { CatalogOptions } from '../catalog/index.ts'
import type { GroupScopes } from '../coordinates/index.ts'
import type { OpenTarball } from '../inspect/index.ts'
import type { PluginVersionRecord, PluginVersionRepository } from '../repository.ts'
import type { PackageSource, PackageVersions } from '../source.ts'
import type { Activator } from './activation.ts'
import type { FlowUse, GrantPermissions, StepListener } from './parts.ts'
import type { RecoveryFault } from './recovery.ts'

export interface PluginManagerOptions
  extends Pick<CatalogOptions, 'security' | 'bundledVersions' | 'findOffering'> {
  readonly repository: PluginVersionRepository
  readonly source: PackageSource
  readonly openTarball: OpenTarball
  /** `plugins.management.localRepositoryPath`: a folder of this process's own. */
  readonly folder: string
  /** Internal storage for the tarballs; absent where `plugins.management.remoteStorageEnabled` is false. */
  readonly archive?: { readonly storage: Storage; readonly tenant: string } | undefined
  /** The reference's groups and the npm scopes they stand for, such as `{ 'io.kestra.plugin': '@pinion' }`. */
  readonly groupScopes: GroupScopes
  /** The live workers, asked for at each activation. */
  readonly listActivators: () => readonly Activator[]
  /** Waits for running attempts, then frees the code in every worker. */
  readonly unload: (bundleSha512: string) => Promise<void>
  /** The flows whose locks name a version. */
  readonly listUsers: (packageName: string, version: string) => Promise<readonly FlowUse[]>
  readonly grantPermissions: GrantPermissions
  /** Told of what goes wrong on the manager's own account: recovery, rescans, removals that end later. */
  readonly onFault: RecoveryFault
  readonly onStep?: StepListener
  readonly nowMs?: () => number
  readonly concurrentInstalls?: number
  /** Milliseconds; default 30,000. */
  readonly activationTimeoutMs?: number
  /** Milliseconds; default one hour. See `DEFAULT_ORPHAN_GRACE_MS`. */
  readonly orphanGraceMs?: number
  /** `plugins.management.autoReloadInterval` in milliseconds; absent or 0: no rescans. */
  readonly rescanIntervalMs?: number
}

export interface RemovalOutcome {
  readonly record: PluginVersionRecord
  /** Resolves when the last attempt on it has ended and its files are gone; a removal that fails is told to `onFault`. */
  whenRemoved(): Promise<void>
}

/** What the repositories offer of a package, beside what is installed. */
export interface PackageOffer {
  readonly published: PackageVersions
  /** The version that the coordinate means. */
  readonly chosenVersion: string
  readonly installedVersions: readonly string[]
}
