import { toBundleRef } from '../catalog/index.ts'
import { PluginError } from '../errors.ts'
import { type InspectedPackage, inspectPackage } from '../inspect/index.ts'
import type { PluginVersionRecord } from '../repository.ts'
import { loadEverywhere } from './activation.ts'
import { checkTypeOwners } from './check-type-owners.ts'
import { DEVELOPMENT } from './development.ts'
import { saveDistTags } from './dist-tags.ts'
import { describeVersion, type InstallParts } from './parts.ts'
import { replaceVersion } from './replace-version.ts'

export interface InstallTarget {
  readonly packageName: string
  readonly version: string
}

/** A tarball on this machine whose integrity was checked. */
export interface AcquiredTarball {
  readonly tarballPath: string
  readonly integrity: string
  /** Where it came from: a repository's name, or `upload`. */
  readonly repository: string
  /** All of the package's dist-tags; absent if they are not known. */
  readonly distTags?: Readonly<Record<string, string>>
  readonly deprecatedMessage?: string
  /** What was read from it, if it was opened already. */
  readonly inspected?: InspectedPackage
}

/** Gets the tarball, into the folder if it has to be written. */
export type AcquireTarball = (incomingFolder: string) => Promise<AcquiredTarball>

export interface InstallOutcome {
  /** `kept`: it was installed already. */
  readonly outcome: 'installed' | 'kept'
  readonly record: PluginVersionRecord
}

/**
 * Installs one version in two phases. A crash leaves it wholly there or wholly not:
 *
 * | crash before | what a start finds | and does |
 * | --- | --- | --- |
 * | `staged` | files without a row | sweeps them |
 * | `activated` | a STAGED row, its files durable | loads and activates it |
 * | after | an ACTIVE row | nothing |
 *
 * @throws PluginError what inspecting, activating or acquiring throws; `PLUGIN_TYPE_TAKEN`, `PLUGIN_VERSION_DRAINING`,
 *   `PLUGIN_VERSION_CONFLICT`
 */
export async function installVersion(
  parts: InstallParts,
  target: InstallTarget,
  acquire: AcquireTarball,
): Promise<InstallOutcome> {
  const existing = await parts.repository.find(target.packageName, target.version)
  if (existing?.state === 'DRAINING') throw draining(target)
  const isDeveloped = existing?.repository === DEVELOPMENT
  if (existing?.state === 'ACTIVE' && !isDeveloped) return { outcome: 'kept', record: existing }
  if (existing?.state === 'STAGED' && (await parts.folder.has(existing.manifest))) {
    return { outcome: 'installed', record: await activate(parts, existing) }
  }
  await using incoming = await parts.folder.openIncoming()
  const acquired = await acquire(incoming.path)
  parts.onStep('downloaded', target.packageName, target.version)
  const inspected =
    acquired.inspected ??
    (await inspectPackage(parts.openTarball, acquired.tarballPath, {
      name: target.packageName,
      version: target.version,
    }))
  checkTypeOwners(parts, inspected, target)
  parts.onStep('inspected', target.packageName, target.version)
  if (isDeveloped)
    return { outcome: 'installed', record: await takeOver(parts, target, acquired, inspected, existing) }
  const record = await stage(parts, target, acquired, inspected)
  return { outcome: 'installed', record: await activate(parts, record, acquired.distTags) }
}

/**
 * Second phase: every worker loads the version, then it becomes selectable in one step.
 *
 * @throws PluginError `PLUGIN_ACTIVATION_FAILED`, `PLUGIN_ACTIVATION_TIMEOUT`; the row is FAILED then, with the reason
 */
export async function activate(
  parts: InstallParts,
  record: PluginVersionRecord,
  distTags?: Readonly<Record<string, string>>,
): Promise<PluginVersionRecord> {
  const { repository, catalog, folder } = parts
  const { packageName, version } = record
  const bundle = toBundleRef(record, (manifest) => folder.locate(manifest))
  try {
    await loadEverywhere(bundle, parts.listActivators(), parts.activationTimeoutMs)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    await repository.transition(packageName, version, 'STAGED', 'FAILED', reason)
    await catalog.reload([record])
    throw error
  }
  parts.onStep('loaded', packageName, version)
  await repository.transition(packageName, version, 'STAGED', 'ACTIVE')
  const retagged = distTags === undefined ? [] : await saveDistTags(parts, packageName, distTags)
  await catalog.reload([record, ...retagged])
  parts.onStep('activated', packageName, version)
  const active = catalog.current.findRecord(packageName, version)
  // Another server may have activated it, or somebody removed it, while the workers loaded it.
  if (active?.state === 'ACTIVE') return active
  throw draining(record)
}

async function stage(
  parts: InstallParts,
  target: InstallTarget,
  acquired: AcquiredTarball,
  inspected: InspectedPackage,
): Promise<PluginVersionRecord> {
  const { packageName, version } = target
  const record = toRecord(parts, target, acquired, inspected, 'STAGED')
  await parts.bundleLock.run(record.manifest.bundle.sha512, async () => {
    await Promise.all([
      parts.folder.keep(inspected).then(() => parts.onStep('kept', packageName, version)),
      parts.archive
        ?.store(packageName, version, acquired.tarballPath)
        .then(() => parts.onStep('archived', packageName, version)),
    ])
    await parts.repository.save(record)
  })
  parts.onStep('staged', packageName, version)
  return record
}

/** The published version takes the place of the one under development. */
async function takeOver(
  parts: InstallParts,
  target: InstallTarget,
  acquired: AcquiredTarball,
  inspected: InspectedPackage,
  developed: PluginVersionRecord,
): Promise<PluginVersionRecord> {
  const record = toRecord(parts, target, acquired, inspected, 'ACTIVE')
  await parts.archive?.store(target.packageName, target.version, acquired.tarballPath)
  const free = await replaceVersion(parts, record, inspected, developed)
  parts.inBackground(describeVersion(target), free())
  if (acquired.distTags !== undefined) {
    await parts.catalog.reload(await saveDistTags(parts, target.packageName, acquired.distTags))
  }
  return record
}

function toRecord(
  parts: InstallParts,
  { packageName, version }: InstallTarget,
  acquired: AcquiredTarball,
  { manifest }: InspectedPackage,
  state: 'STAGED' | 'ACTIVE',
): PluginVersionRecord {
  const previous = parts.catalog.current.records.filter((record) => record.packageName === packageName)
  return {
    packageName,
    version,
    integrity: acquired.integrity,
    state,
    repository: acquired.repository,
    manifest,
    grantedPermissions: parts.grantPermissions(manifest, previous),
    installedAtMs: parts.nowMs(),
    distTags: Object.entries(acquired.distTags ?? {}).flatMap(([tag, tagged]) =>
      tagged === version ? [tag] : [],
    ),
    ...(acquired.deprecatedMessage === undefined ? {} : { deprecatedMessage: acquired.deprecatedMessage }),
  }
}

function draining(target: InstallTarget): PluginError {
  return new PluginError('PLUGIN_VERSION_DRAINING', `${describeVersion(target)} is being removed.`, {
    hint: 'Install it again once the tasks that still run on it have ended.',
  })
}
