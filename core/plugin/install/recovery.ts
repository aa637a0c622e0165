import path from 'node:path'
import { inspectPackage } from '../inspect/index.ts'
import { MAX_TARBALL_BYTES } from '../limits.ts'
import type { PluginVersionRecord } from '../repository.ts'
import { checkIntegrity } from './acquire.ts'
import { activate } from './install-version.ts'
import { describeVersion, type InstallParts } from './parts.ts'
import { finishRemoval } from './remove-version.ts'
import { Slots } from './turns.ts'

/** Told of what could not be mended; the version is FAILED with the reason, the others go on. */
export type RecoveryFault = (version: string, error: unknown) => void

const CONCURRENT_CHECKS = 4

/**
 * Brings disk, internal storage and catalog into agreement with the rows, whatever a crash left: ends what was begun,
 * fetches what is missing, removes what belongs to nothing.
 *
 * @param orphanGraceMs - how old a file of internal storage without a row must be to go
 */
export async function recover(
  parts: InstallParts,
  orphanGraceMs: number,
  onFault: RecoveryFault,
): Promise<void> {
  await parts.folder.prepare()
  await parts.catalog.refresh()
  const rows = parts.catalog.current.records
  for (const record of rows.filter(({ state }) => state === 'DRAINING')) {
    await finishRemoval(parts, record).catch((error: unknown) => onFault(describeVersion(record), error))
  }
  await ensureBundles(parts, onFault)
  await parts.catalog.refresh()
  await Promise.all(
    parts.catalog.current.records
      .filter(({ state }) => state === 'STAGED')
      .map((record) =>
        activate(parts, record).catch((error: unknown) => onFault(describeVersion(record), error)),
      ),
  )
  await sweep(parts, orphanGraceMs)
}

/**
 * Makes sure that the bundle of every version that may run is on this machine, whole: from internal storage, else from
 * the repositories. A version whose files are nowhere is FAILED.
 */
export async function ensureBundles(parts: InstallParts, onFault: RecoveryFault): Promise<void> {
  const slots = new Slots(CONCURRENT_CHECKS, Number.POSITIVE_INFINITY)
  const rows = await parts.repository.list()
  await Promise.all(
    rows
      .filter(({ state }) => state === 'ACTIVE' || state === 'STAGED')
      .map((record) =>
        slots.run(async () => {
          try {
            if (!(await parts.folder.has(record.manifest))) await fetchAgain(parts, record)
          } catch (error) {
            const reason = `Its files are lost: ${error instanceof Error ? error.message : String(error)}`
            await parts.repository.transition(
              record.packageName,
              record.version,
              record.state,
              'FAILED',
              reason,
            )
            onFault(describeVersion(record), error)
          }
        }),
      ),
  )
}

async function fetchAgain(parts: InstallParts, record: PluginVersionRecord): Promise<void> {
  const { packageName, version } = record
  await using incoming = await parts.folder.openIncoming()
  const tarballPath = path.join(incoming.path, 'package.tgz')
  const isArchived = (await parts.archive?.fetch(packageName, version, tarballPath)) ?? false
  if (!isArchived) await parts.source.download(packageName, version, tarballPath, MAX_TARBALL_BYTES)
  await checkIntegrity(tarballPath, record.integrity, record)
  const inspected = await inspectPackage(parts.openTarball, tarballPath, { name: packageName, version })
  await parts.bundleLock.run(record.manifest.bundle.sha512, () => parts.folder.keep(inspected))
}

async function sweep(parts: InstallParts, orphanGraceMs: number): Promise<void> {
  const rows = await parts.repository.list()
  await parts.folder.sweep(new Set(rows.map(({ manifest }) => manifest.bundle.sha512)))
  const installed = new Set(rows.map(describeVersion))
  await parts.archive?.sweep(
    (packageName, version) => installed.has(describeVersion({ packageName, version })),
    parts.nowMs() - orphanGraceMs,
  )
}
