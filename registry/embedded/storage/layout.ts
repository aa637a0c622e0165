import { join } from 'node:path'

/**
 * Where things lie below the registry's folder. `packages` has Verdaccio's layout (a folder per package with its
 * packument in `package.json` beside the tarballs), so that Verdaccio serves what we wrote.
 */
export interface RegistryLayout {
  readonly root: string
  readonly packages: string
  /** What is being written. Emptied at every start: nothing in here has happened. */
  readonly incoming: string
  /** One file per package that lost a version: these versions are never published again. */
  readonly tombstones: string
  readonly ownershipFile: string
  /** Packages fetched from uplinks. Never mixed with ours. */
  readonly uplinkCache: string
}

export function registryLayout(registryDir: string): RegistryLayout {
  return {
    root: registryDir,
    packages: join(registryDir, 'packages'),
    incoming: join(registryDir, 'incoming'),
    tombstones: join(registryDir, 'tombstones'),
    ownershipFile: join(registryDir, 'ownership.json'),
    uplinkCache: join(registryDir, 'uplink-cache'),
  }
}

/** The registry's folder inside the server's data folder. */
export function registryDirOf(dataDir: string): string {
  return join(dataDir, 'registry')
}

export const PACKUMENT_FILE = 'package.json'

/** Only for names that passed `isPackageName`. */
export function packageDir(layout: RegistryLayout, name: string): string {
  return join(layout.packages, ...name.split('/'))
}

export function tarballFileName(name: string, version: string): string {
  return `${name.slice(name.indexOf('/') + 1)}-${version}.tgz`
}
