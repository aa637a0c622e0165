import { createReadStream } from 'node:fs'
import { copyFile, stat } from 'node:fs/promises'
import path from 'node:path'
import ssri from 'ssri'
import { PluginError } from '../errors.ts'
import { MAX_TARBALL_BYTES } from '../limits.ts'
import type { PackageVersions } from '../source.ts'
import type { AcquiredTarball, AcquireTarball, InstallTarget } from './install-version.ts'
import { describeVersion, type InstallParts } from './parts.ts'

const TARBALL = 'package.tgz'

/** From a repository. @param published - what it said of the package; its integrity is what the bytes must have */
export function acquireFromSource(
  { source }: Pick<InstallParts, 'source'>,
  target: InstallTarget,
  published: PackageVersions | undefined,
): AcquireTarball {
  const entry = published?.versions.find(({ version }) => version === target.version)
  return async (incomingFolder) => {
    const {
      path: tarballPath,
      integrity,
      repository,
    } = await source.download(
      target.packageName,
      target.version,
      path.join(incomingFolder, TARBALL),
      MAX_TARBALL_BYTES,
    )
    await checkIntegrity(tarballPath, entry?.integrity ?? integrity, target)
    return {
      tarballPath,
      integrity: entry?.integrity ?? integrity,
      repository,
      ...(published === undefined ? {} : { distTags: published.distTags }),
      ...(entry?.deprecated === undefined ? {} : { deprecatedMessage: entry.deprecated }),
    }
  }
}

/** From a file of a registry on this machine. It is copied first: the registry may remove it at any time. */
export function acquireFromFile(
  target: InstallTarget,
  file: { readonly tarballPath: string } & Omit<AcquiredTarball, 'tarballPath'>,
): AcquireTarball {
  return async (incomingFolder) => {
    await checkSize(file.tarballPath, describeVersion(target))
    const tarballPath = path.join(incomingFolder, TARBALL)
    await copyFile(file.tarballPath, tarballPath)
    await checkIntegrity(tarballPath, file.integrity, target)
    return { ...file, tarballPath }
  }
}

/** @throws PluginError `PLUGIN_PACKAGE_INVALID` if the file is too large */
export async function checkSize(tarballPath: string, label: string): Promise<void> {
  const { size } = await stat(tarballPath)
  if (size <= MAX_TARBALL_BYTES) return
  throw new PluginError(
    'PLUGIN_PACKAGE_INVALID',
    `${label} has ${size} bytes; a plugin's tarball may have ${MAX_TARBALL_BYTES}.`,
    { hint: 'Publish only dist/ and package.json.' },
  )
}

/** The SRI of a file, sha512. */
export async function integrityOf(file: string): Promise<string> {
  return (await ssri.fromStream(createReadStream(file), { algorithms: ['sha512'] })).toString()
}

/** @throws PluginError `PLUGIN_INTEGRITY_MISMATCH` */
export async function checkIntegrity(file: string, integrity: string, target: InstallTarget): Promise<void> {
  try {
    await ssri.checkStream(createReadStream(file), integrity)
  } catch (cause) {
    throw new PluginError(
      'PLUGIN_INTEGRITY_MISMATCH',
      `The tarball of ${describeVersion(target)} is not the one that was published: its bytes do not have the integrity ${integrity}.`,
      {
        hint: 'Something between the registry and this server changed it, or the registry lost it. Publish a new version.',
        cause,
      },
    )
  }
}
