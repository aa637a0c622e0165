import { readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { inspectPackage, type OpenTarball, type PluginVersionRecord } from '../plugin/index.ts'

/** A plugin as its folder holds it after a build. */
export interface PluginFolder {
  readonly directory: string
  readonly record: PluginVersionRecord
}

/** Files that a package may hold for what is read of it. */
const READ_FILES = [
  'package.json',
  'dist/manifest.json',
  'dist/bundle.js',
  'dist/bundle.js.map',
  'dist/bundle.mjs',
]

/**
 * Reads a built plugin from its folder, checked as an install checks it.
 *
 * @throws PluginError if the folder holds no built plugin, or one that no server would install
 */
export async function readPluginFolder(directory: string): Promise<PluginFolder> {
  const folder = resolve(directory)
  const { manifest } = await inspectPackage(openFolder, folder)
  return {
    directory: folder,
    record: {
      packageName: manifest.name,
      version: manifest.version,
      // The folder was never packed: its code's digest stands in for the tarball's.
      integrity: manifest.bundle.sha512,
      state: 'ACTIVE',
      repository: 'folder',
      manifest,
      grantedPermissions: manifest.permissions,
      installedAtMs: 0,
      distTags: [],
    },
  }
}

/** Where an installed package lies, as seen from a folder. */
export function packageFolder(packageName: string, from: string): string {
  const require = createRequire(join(resolve(from), 'package.json'))
  return dirname(require.resolve(`${packageName}/package.json`))
}

const openFolder: OpenTarball = async (folder, { wanted }) => {
  const files = new Map<string, Buffer>()
  for (const path of READ_FILES) {
    const maxBytes = wanted(path)
    const size = (await stat(join(folder, path)).catch(() => undefined))?.size
    if (maxBytes !== undefined && size !== undefined && size <= maxBytes)
      files.set(path, await readFile(join(folder, path)))
  }
  return { files }
}
