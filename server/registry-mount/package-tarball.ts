import type { OpenTarball } from '@pinion/core/plugin'
import { openTarball } from '@pinion/registry'

const ROOT = 'package/'

/** Opens tarballs for `core/plugin`, which names entries as they stand in the archive. */
export const openPackageTarball: OpenTarball = async (path, { wanted }) => {
  const opened = await openTarball(path, { wanted: (inPackage) => wanted(ROOT + inPackage) })
  return {
    entryCount: opened.entries,
    files: new Map([...opened.files].map(([inPackage, content]) => [ROOT + inPackage, content])),
  }
}
