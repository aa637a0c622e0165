import { toBundleRef } from '../catalog/index.ts'
import type { InspectedPackage } from '../inspect/index.ts'
import type { PluginVersionRecord } from '../repository.ts'
import { loadEverywhere } from './activation.ts'
import type { InstallParts } from './parts.ts'
import { freeBundle } from './remove-version.ts'

/**
 * Puts other code under a version that is being developed: every worker loads it, then the row changes, and with it the
 * catalog, in one step. A crash leaves the old code or the new; files without a row are swept by a start.
 *
 * @param record - ACTIVE
 * @param existing - what stood there, if anything did
 * @returns frees what stood there, once the attempts on it have ended
 * @throws PluginError `PLUGIN_ACTIVATION_FAILED`, `PLUGIN_ACTIVATION_TIMEOUT`: what stood there still serves
 */
export async function replaceVersion(
  parts: InstallParts,
  record: PluginVersionRecord,
  inspected: InspectedPackage,
  existing: PluginVersionRecord | undefined,
): Promise<() => Promise<void>> {
  const { sha512 } = record.manifest.bundle
  await parts.bundleLock.run(sha512, async () => {
    const { synced } = await parts.folder.place(inspected)
    const bundle = toBundleRef(record, (manifest) => parts.folder.locate(manifest))
    await Promise.all([loadEverywhere(bundle, parts.listActivators(), parts.activationTimeoutMs), synced])
    await parts.repository.save(record)
  })
  await parts.catalog.reload([record])
  parts.onStep('activated', record.packageName, record.version)
  return async () => {
    if (existing !== undefined && existing.manifest.bundle.sha512 !== sha512)
      await freeBundle(parts, existing)
  }
}
