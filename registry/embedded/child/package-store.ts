import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createDirectoryDurably, replaceFileDurably, syncDirectory } from '../storage/durable-file.ts'
import { PACKUMENT_FILE, packageDir, type RegistryLayout } from '../storage/layout.ts'
import { readPackument } from '../storage/list-packages.ts'
import type { StoredPackument } from '../storage/packument.ts'

/**
 * Writes packages so that each change happens in one step. The step is the rename that brings the new packument (with
 * a new package, its whole folder) into place; what stands before it is invisible and is swept away at the next start.
 * Callers hold the package's lock.
 */
export class PackageStore {
  readonly #layout: RegistryLayout

  constructor(layout: RegistryLayout) {
    this.#layout = layout
  }

  /** undefined if there is no such package. */
  read(name: string): Promise<StoredPackument | undefined> {
    return readPackument(this.#layout, name)
  }

  /** A path for what is not finished yet, on the file system of the packages. */
  scratchPath(suffix: string): string {
    return join(this.#layout.incoming, `${randomUUID()}${suffix}`)
  }

  /**
   * Stores a tarball together with the packument that names it, durably on return.
   *
   * @param tarballScratchPath - complete and synced; it is moved
   * @returns where the tarball lies
   */
  async addVersion(
    packument: StoredPackument,
    tarballScratchPath: string,
    tarballFile: string,
    isFirst: boolean,
  ): Promise<string> {
    const directory = packageDir(this.#layout, packument.name)
    const tarballPath = join(directory, tarballFile)
    if (isFirst) {
      await this.#createPackage(packument, tarballScratchPath, tarballFile)
    } else {
      // Over a tarball that an earlier, interrupted publish of this version may have left.
      await rename(tarballScratchPath, tarballPath)
      await syncDirectory(directory)
      await this.replace(packument)
    }
    return tarballPath
  }

  async replace(packument: StoredPackument): Promise<void> {
    const directory = packageDir(this.#layout, packument.name)
    const path = join(directory, PACKUMENT_FILE)
    await replaceFileDurably(path, JSON.stringify(packument), this.scratchPath('.json'))
  }

  async removeTarballs(name: string, tarballFiles: readonly string[]): Promise<void> {
    const directory = packageDir(this.#layout, name)
    for (const file of tarballFiles) await rm(join(directory, file), { force: true })
  }

  async removePackage(name: string): Promise<void> {
    const directory = packageDir(this.#layout, name)
    const trash = this.scratchPath('.removed')
    await rename(directory, trash)
    await syncDirectory(dirname(directory))
    await rm(trash, { recursive: true, force: true })
  }

  async #createPackage(packument: StoredPackument, tarballScratchPath: string, tarballFile: string) {
    const directory = packageDir(this.#layout, packument.name)
    const unfinished = this.scratchPath('.package')
    await mkdir(unfinished, { mode: 0o700 })
    await rename(tarballScratchPath, join(unfinished, tarballFile))
    const file = await open(join(unfinished, PACKUMENT_FILE), 'wx', 0o600)
    try {
      await file.writeFile(JSON.stringify(packument))
      await file.datasync()
    } finally {
      await file.close()
    }
    await syncDirectory(unfinished)
    await createDirectoryDurably(dirname(directory))
    await rm(directory, { recursive: true, force: true })
    await rename(unfinished, directory)
    await syncDirectory(dirname(directory))
  }
}
