import { constants } from 'node:fs'
import { lstat, mkdir, open, realpath, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { StorageError } from '../errors.ts'
import { errorCode, fileError, notFound } from '../file-error.ts'
import { CHUNK_BYTES, FOLDER_ATTEMPTS, MAX_LISTED_FILES } from '../limits.ts'
import { parsePath, parsePrefix, parseTenant } from '../path.ts'
import type { Storage } from '../storage.ts'
import { locate } from './locate.ts'
import { TemporaryFiles } from './temporary-files.ts'
import { walk } from './walk.ts'

export interface LocalStorageOptions {
  /** Made if it is not there. Files lie in it as `<tenant>/<path>`. */
  readonly directory: string
}

/**
 * Internal storage in a folder. A file is written beside, flushed to the disk and then moved into place, so that it is
 * there whole or not at all, also after a power cut. Several processes may share the folder.
 *
 * @throws StorageError `STORAGE_UNAVAILABLE` if the folder cannot be made
 */
export async function createLocalStorage({ directory }: LocalStorageOptions): Promise<Storage> {
  try {
    await mkdir(directory, { recursive: true })
    const root = await realpath(directory)
    const temporary = new TemporaryFiles(root)
    await temporary.open(Date.now())
    return new LocalStorage(root, temporary)
  } catch (error) {
    throw fileError(error, directory)
  }
}

// Never through a link, and never waiting for whoever may write to a pipe.
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

class LocalStorage implements Storage {
  readonly #root: string
  readonly #temporary: TemporaryFiles

  constructor(root: string, temporary: TemporaryFiles) {
    this.#root = root
    this.#temporary = temporary
  }

  async read(
    tenant: string,
    path: string,
    range: { readonly offset: number; readonly length?: number } = { offset: 0 },
  ): Promise<Readable> {
    checkRange(range)
    return this.#at(tenant, parsePath(path), async (file) => {
      const handle = await open(file, READ_FLAGS).catch(absent)
      if (handle === undefined) throw notFound(path)
      const found = await handle.stat()
      if (!found.isFile() || range.length === 0) {
        await handle.close()
        if (!found.isFile()) throw notFound(path)
        return Readable.from([])
      }
      return handle.createReadStream({
        start: range.offset,
        ...(range.length === undefined ? {} : { end: range.offset + range.length - 1 }),
        highWaterMark: CHUNK_BYTES,
      })
    })
  }

  async write(
    tenant: string,
    path: string,
    data: Readable | Uint8Array | string,
  ): Promise<{ readonly sizeBytes: number }> {
    const source = data instanceof Readable ? data : undefined
    // It may fail before anybody reads it, which would end the process. Reading it tells.
    source?.on('error', () => {})
    try {
      return await this.#at(tenant, parsePath(path), async (target) => {
        const { file, sizeBytes } = await this.#temporary.write(data, path)
        try {
          await move(file, target)
        } catch (error) {
          await rm(file, { force: true })
          throw error
        }
        return { sizeBytes }
      })
    } catch (error) {
      source?.destroy()
      throw error
    }
  }

  async stat(
    tenant: string,
    path: string,
  ): Promise<{ readonly sizeBytes: number; readonly modifiedAtMs: number } | undefined> {
    return this.#at(tenant, parsePath(path), async (file) => {
      const found = await lstat(file).catch(absent)
      if (found?.isFile() !== true) return undefined
      return { sizeBytes: found.size, modifiedAtMs: Math.trunc(found.mtimeMs) }
    })
  }

  async list(
    tenant: string,
    prefix: string,
  ): Promise<readonly { readonly path: string; readonly sizeBytes: number }[]> {
    const segments = parsePrefix(prefix)
    return this.#at(tenant, segments, async (folder) => {
      const files: { readonly path: string; readonly sizeBytes: number }[] = []
      for await (const { file, path, kind } of walk(folder, segments.join('/'))) {
        const found = kind === 'file' ? await lstat(file).catch(absent) : undefined
        if (found === undefined) continue
        if (files.length === MAX_LISTED_FILES) throw tooMany(prefix)
        files.push({ path, sizeBytes: found.size })
      }
      return files.sort((a, b) => (a.path < b.path ? -1 : 1))
    })
  }

  async delete(tenant: string, path: string): Promise<boolean> {
    return this.#at(tenant, parsePath(path), async (file) => {
      if ((await lstat(file).catch(absent))?.isFile() !== true) return false
      const removed = await remove(file)
      await this.#removeEmptyFolders(tenant, dirname(file))
      return removed
    })
  }

  async deletePrefix(tenant: string, prefix: string): Promise<number> {
    return this.#at(tenant, parsePrefix(prefix), async (folder) => {
      let removed = 0
      for await (const { file, kind } of walk(folder)) {
        if (kind === 'folder') await rmdir(file).catch(stillUsed)
        else if ((await remove(file)) && kind === 'file') removed++
      }
      await this.#removeEmptyFolders(tenant, folder)
      return removed
    })
  }

  async #at<T>(tenant: string, segments: readonly string[], work: (file: string) => Promise<T>): Promise<T> {
    const tenantFolder = join(this.#root, parseTenant(tenant))
    try {
      return await work(await locate(tenantFolder, segments))
    } catch (error) {
      throw fileError(error, segments.join('/'))
    }
  }

  /** A folder is there for its files only, as in an object store. */
  async #removeEmptyFolders(tenant: string, from: string): Promise<void> {
    const tenantFolder = join(this.#root, tenant)
    for (let folder = from; folder.length > tenantFolder.length; folder = dirname(folder)) {
      const isGone = await rmdir(folder).then(() => true, stillUsed)
      if (!isGone) return
    }
  }
}

/** Moves a file to its place, and makes sure that the disk knows. */
async function move(file: string, target: string): Promise<void> {
  const folder = dirname(target)
  for (let attempt = 1; ; attempt++) {
    const firstMade = await mkdir(folder, { recursive: true })
    try {
      await rename(file, target)
      await syncFolders(folder, firstMade)
      return
    } catch (error) {
      // Somebody else may have removed the folder as empty just now.
      if (errorCode(error) !== 'ENOENT' || attempt === FOLDER_ATTEMPTS) throw error
    }
  }
}

/** A new name is durable once its folder is flushed; a new folder, once the one above is. */
async function syncFolders(folder: string, firstMade: string | undefined): Promise<void> {
  const last = firstMade === undefined ? folder : dirname(firstMade)
  for (let current = folder; current.length >= last.length; current = dirname(current)) {
    const handle = await open(current, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}

/** @returns false if it was gone already */
async function remove(file: string): Promise<boolean> {
  try {
    await unlink(file)
    return true
  } catch (error) {
    if (absent(error) === undefined) return false
    throw error
  }
}

function absent(error: unknown): undefined {
  if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return undefined
  throw error
}

function stillUsed(error: unknown): false {
  if (['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'].includes(errorCode(error))) return false
  throw error
}

function checkRange({ offset, length = 0 }: { readonly offset: number; readonly length?: number }): void {
  const isWhole = Number.isSafeInteger(offset) && Number.isSafeInteger(length)
  if (isWhole && offset >= 0 && length >= 0 && Number.isSafeInteger(offset + length)) return
  throw new StorageError('STORAGE_RANGE_INVALID', `There is no range of ${length} bytes from ${offset}.`, {
    hint: 'Offset and length are whole numbers of bytes, 0 or more.',
  })
}

function tooMany(prefix: string): StorageError {
  return new StorageError(
    'STORAGE_LISTING_TOO_LARGE',
    `There are more than ${MAX_LISTED_FILES} files below "${prefix}".`,
    { hint: 'List a folder further down.' },
  )
}
