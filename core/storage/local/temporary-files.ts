import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { StorageError } from '../errors.ts'
import { fileError } from '../file-error.ts'
import { STALE_TEMPORARY_MS } from '../limits.ts'

// Hidden, so that no path of a user reaches it; below the root, so that a rename does not cross file systems.
const FOLDER = '.tmp'

/** Files while they are written. */
export class TemporaryFiles {
  readonly #folder: string

  constructor(root: string) {
    this.#folder = join(root, FOLDER)
  }

  /** Removes what died half written. By age: another process may be writing here. */
  async open(nowMs: number): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    for (const name of await readdir(this.#folder)) {
      const file = join(this.#folder, name)
      const found = await stat(file).catch(() => undefined)
      if (found !== undefined && nowMs - found.mtimeMs > STALE_TEMPORARY_MS) await rm(file, { force: true })
    }
  }

  /**
   * Writes to a new file and to the disk. The caller moves or removes it.
   *
   * @throws StorageError `STORAGE_WRITE_ABORTED`, `STORAGE_UNAVAILABLE`, after removing it
   */
  async write(
    data: Readable | Uint8Array | string,
    path: string,
  ): Promise<{ readonly file: string; readonly sizeBytes: number }> {
    const file = join(this.#folder, randomBytes(16).toString('hex'))
    const handle = await open(file, 'wx')
    try {
      // A stream is iterated: the next chunk is asked for when the one before is written.
      await handle.writeFile(data)
      await handle.sync()
      return { file, sizeBytes: (await handle.stat()).size }
    } catch (error) {
      await rm(file, { force: true })
      throw isOfDisk(error) ? fileError(error, path) : aborted(path, error)
    } finally {
      await handle.close()
    }
  }
}

/** Whether our own file failed, not the stream that fills it. */
function isOfDisk(error: unknown): boolean {
  return (
    error instanceof Error && 'syscall' in error && /^(write|writev|fsync|fstat)$/.test(String(error.syscall))
  )
}

function aborted(path: string, cause: unknown): StorageError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StorageError('STORAGE_WRITE_ABORTED', `Writing "${path}" broke off: ${reason}`, { cause })
}
