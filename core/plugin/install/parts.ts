import type { PluginManifest, PluginPermissions } from '@pinion/plugin-sdk/manifest'
import type { Catalog } from '../catalog/index.ts'
import type { Coordinates } from '../coordinates/index.ts'
import type { OpenTarball } from '../inspect/index.ts'
import type { PluginVersionRecord, PluginVersionRepository } from '../repository.ts'
import type { PackageSource } from '../source.ts'
import type { Activator } from './activation.ts'
import type { BundleFolder } from './bundle-folder.ts'
import type { PackageArchive } from './package-archive.ts'
import type { KeyedLock } from './turns.ts'

/** A flow whose lock names a version. */
export interface FlowUse {
  readonly tenant: string
  readonly namespace: string
  readonly flowId: string
  readonly revision: number
}

/** Decides what a version gets of what it asks for. @param previous - the package's versions installed so far */
export type GrantPermissions = (
  manifest: PluginManifest,
  previous: readonly PluginVersionRecord[],
) => PluginPermissions

/** Steps of an install and of a removal, each told when what it names is durable or done. */
export type InstallStep =
  | 'downloaded'
  | 'inspected'
  | 'kept'
  | 'archived'
  | 'staged'
  | 'loaded'
  | 'activated'
  | 'draining'
  | 'drained'
  | 'bundle-dropped'
  | 'archive-dropped'
  | 'removed'
export type StepListener = (step: InstallStep, packageName: string, version: string) => void

/** What installing, removing and recovering work on. */
export interface InstallParts {
  readonly repository: PluginVersionRepository
  readonly source: PackageSource
  readonly openTarball: OpenTarball
  readonly catalog: Catalog
  readonly coordinates: Coordinates
  readonly folder: BundleFolder
  /** Absent: `plugins.management.remoteStorageEnabled` is false. */
  readonly archive: PackageArchive | undefined
  readonly listActivators: () => readonly Activator[]
  readonly unload: (bundleSha512: string) => Promise<void>
  readonly listUsers: (packageName: string, version: string) => Promise<readonly FlowUse[]>
  readonly grantPermissions: GrantPermissions
  /** Owns work that nobody waits for, such as freeing code that attempts still run on. */
  readonly inBackground: (subject: string, work: Promise<void>) => void
  readonly nowMs: () => number
  readonly activationTimeoutMs: number
  readonly onStep: StepListener
  /** By the bundle's sha512: versions may share code, so that keeping and dropping it take turns. */
  readonly bundleLock: KeyedLock
}

export function describeVersion(version: { readonly packageName: string; readonly version: string }): string {
  return `${version.packageName}@${version.version}`
}
