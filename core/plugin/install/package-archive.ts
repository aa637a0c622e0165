import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Storage } from '../../storage/index.ts'
import {
  formatStorageName,
  type GroupScopes,
  parseStorageName,
  REPOSITORY_PREFIX,
} from '../coordinates/index.ts'

export interface PackageArchiveOptions {
  readonly storage: Storage
  /** The tenant that the platform's own files lie under. */
  readonly tenant: string
  readonly groupScopes: GroupScopes
}

/**
 * The installed tarballs in internal storage, from which every server gets what it lacks:
 * `_plugins/repository/<name>.tgz`, beside an entry `<name>` that says which package it is.
 */
export class PackageArchive {
  readonly #options: PackageArchiveOptions

  constructor(options: PackageArchiveOptions) {
    this.#options = options
  }

  async store(packageName: string, version: string, tarballPath: string): Promise<void> {
    const { storage, tenant } = this.#options
    const { tarball, label } = this.#paths(packageName, version)
    await Promise.all([
      storage.write(tenant, tarball, createReadStream(tarballPath)),
      storage.write(tenant, label, `${packageName}@${version}\n`),
    ])
  }

  /** @returns false if it is not there */
  async fetch(packageName: string, version: string, targetPath: string): Promise<boolean> {
    const { storage, tenant } = this.#options
    const { tarball } = this.#paths(packageName, version)
    if ((await storage.stat(tenant, tarball)) === undefined) return false
    await pipeline(await storage.read(tenant, tarball), createWriteStream(targetPath))
    return true
  }

  async remove(packageName: string, version: string): Promise<void> {
    const { storage, tenant } = this.#options
    const { tarball, label } = this.#paths(packageName, version)
    await storage.delete(tenant, tarball)
    await storage.delete(tenant, label)
  }

  /**
   * Removes tarballs that belong to no installed version.
   *
   * @param isInstalled - by package and version
   * @param writtenBeforeMs - Unix epoch: a younger file may be another server's install in progress
   * @returns how many
   */
  async sweep(
    isInstalled: (packageName: string, version: string) => boolean,
    writtenBeforeMs: number,
  ): Promise<number> {
    const { storage, tenant, groupScopes } = this.#options
    let swept = 0
    for (const { path } of await storage.list(tenant, `${REPOSITORY_PREFIX}/`)) {
      const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.tgz$/, '')
      const coordinate = parseStorageName(name, groupScopes)
      if (coordinate === undefined || isInstalled(coordinate.packageName, coordinate.version)) continue
      const stat = await storage.stat(tenant, path)
      if (stat === undefined || stat.modifiedAtMs >= writtenBeforeMs) continue
      if (await storage.delete(tenant, path)) swept++
    }
    return swept
  }

  #paths(packageName: string, version: string): { tarball: string; label: string } {
    const name = formatStorageName(packageName, version, this.#options.groupScopes)
    return { tarball: `${REPOSITORY_PREFIX}/${name}.tgz`, label: `${REPOSITORY_PREFIX}/${name}` }
  }
}
