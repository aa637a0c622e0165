import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ServerError } from '../errors.ts'

/** SQLite's SQLITE_BUSY: somebody else holds the lock. */
const SQLITE_BUSY = 5

/** A data folder that this process alone uses. */
export class DataFolder implements AsyncDisposable {
  readonly path: string
  /** Files of requests under way; emptied with each request. */
  readonly scratchDir: string
  /** What other registries said, to be confirmed only. */
  readonly cacheDir: string
  readonly #lock: DatabaseSync

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path
    this.scratchDir = join(path, 'tmp')
    this.cacheDir = join(path, 'cache')
    this.#lock = lock
  }

  /**
   * Makes the folder if it is not there and takes its lock. The lock is the kernel's, by way of a SQLite file: it is gone
   * the moment its holder is, kill -9 included, so there is no stale lock to judge by age or process id.
   *
   * @throws ServerError `DATA_FOLDER_LOCKED`, `DATA_FOLDER_UNUSABLE`
   */
  static async open(path: string): Promise<DataFolder> {
    try {
      await mkdir(path, { recursive: true })
      // It holds password hashes and packages: nobody else's business on a shared machine.
      await chmod(path, 0o700)
      return new DataFolder(path, takeLock(join(path, 'server.lock')))
    } catch (error) {
      if (isBusy(error)) {
        throw new ServerError('DATA_FOLDER_LOCKED', `Another server uses the data folder ${path}.`, {
          hint: 'Stop it, or give this one a folder of its own with --data or dataDir.',
          cause: error,
        })
      }
      throw new ServerError('DATA_FOLDER_UNUSABLE', `The data folder ${path} cannot be used.`, {
        hint: 'It must be a folder that this user may write to.',
        cause: error,
      })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lock.close()
  }
}

function takeLock(file: string): DatabaseSync {
  const lock = new DatabaseSync(file, { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    throw error
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
