import { PluginError } from '../errors.ts'
import type { PluginVersionRecord } from '../repository.ts'
import { describeVersion, type FlowUse, type InstallParts } from './parts.ts'

/**
 * First half of a removal: takes the version out of the catalog, so that nothing new starts on it. Attempts that run
 * keep running. A crash after this leaves a DRAINING row, which a start carries to its end.
 *
 * @param force - also while flows' locks name it; those flows fail at their next execution, saying why
 * @throws PluginError `PLUGIN_VERSION_NOT_INSTALLED`, `PLUGIN_VERSION_IN_USE`
 */
export async function startRemoval(
  parts: InstallParts,
  packageName: string,
  version: string,
  force: boolean,
): Promise<PluginVersionRecord> {
  const record = await parts.repository.find(packageName, version)
  if (record === undefined) throw notInstalled(parts, packageName, version)
  if (record.state === 'DRAINING') return record
  if (!force) await refuseIfUsed(parts, record)
  if (!(await parts.repository.transition(packageName, version, record.state, 'DRAINING'))) {
    return startRemoval(parts, packageName, version, force)
  }
  await parts.catalog.reload([record])
  if (!force) {
    // A flow saved between the question and the change may have locked it.
    try {
      await refuseIfUsed(parts, record)
    } catch (error) {
      await parts.repository.transition(packageName, version, 'DRAINING', record.state, record.reason)
      await parts.catalog.reload([record])
      throw error
    }
  }
  parts.onStep('draining', packageName, version)
  return { ...record, state: 'DRAINING' }
}

/** Second half: waits for the attempts that run on it, frees it everywhere, then removes its files and its row. */
export async function finishRemoval(parts: InstallParts, record: PluginVersionRecord): Promise<void> {
  const { packageName, version } = record
  await freeBundle(parts, record, async () => {
    parts.onStep('bundle-dropped', packageName, version)
    await parts.archive?.remove(packageName, version)
    parts.onStep('archive-dropped', packageName, version)
    await parts.repository.remove(packageName, version)
  })
  await parts.catalog.reload([record])
  parts.onStep('removed', packageName, version)
}

/**
 * Frees the code of a version that left the catalog: waits for the attempts that run on it, then drops it from the workers
 * and the disk, unless another version shares it.
 *
 * @param andThen - what else goes, while nobody else can keep the same code
 */
export async function freeBundle(
  parts: InstallParts,
  record: PluginVersionRecord,
  andThen: () => Promise<void> = async () => undefined,
): Promise<void> {
  const { sha512 } = record.manifest.bundle
  // Waiting may take as long as a task does, so it happens outside the lock; code that is shared is not unloaded.
  if (!isShared(parts.catalog.current.records, record)) await parts.unload(sha512)
  parts.onStep('drained', record.packageName, record.version)
  await parts.bundleLock.run(sha512, async () => {
    // The rows, not the catalog: a version that is being installed has a row before it is in the catalog.
    if (!isShared(await parts.repository.list(), record)) await parts.folder.drop(sha512)
    await andThen()
  })
}

function isShared(records: readonly PluginVersionRecord[], record: PluginVersionRecord): boolean {
  return records.some(
    (other) =>
      other.manifest.bundle.sha512 === record.manifest.bundle.sha512 &&
      (other.packageName !== record.packageName || other.version !== record.version),
  )
}

async function refuseIfUsed(parts: InstallParts, record: PluginVersionRecord): Promise<void> {
  const users = await parts.listUsers(record.packageName, record.version)
  if (users.length === 0) return
  throw new PluginError(
    'PLUGIN_VERSION_IN_USE',
    `${describeVersion(record)} is used by ${users.length === 1 ? 'a flow' : `${users.length} flows`}: ${listUses(users)}.`,
    {
      hint: 'Move these flows to another version and save them, or remove it with --force: they fail until they are moved.',
    },
  )
}

function listUses(users: readonly FlowUse[]): string {
  const shown = 20
  const names = users.slice(0, shown).map(({ tenant, namespace, flowId }) => {
    const name = `${namespace}.${flowId}`
    return tenant === 'main' ? name : `${tenant}/${name}`
  })
  return users.length > shown ? `${names.join(', ')} and ${users.length - shown} others` : names.join(', ')
}

function notInstalled(parts: InstallParts, packageName: string, version: string): PluginError {
  const versions = parts.catalog.current.records
    .filter((record) => record.packageName === packageName)
    .map((record) => record.version)
  return new PluginError('PLUGIN_VERSION_NOT_INSTALLED', `${packageName}@${version} is not installed.`, {
    hint: versions.length === 0 ? 'No version of the package is.' : `Installed are: ${versions.join(', ')}.`,
  })
}
