import type { Readable } from 'node:stream'

/**
 * Internal storage. A path is relative, `/`-separated, without `..`, empty or hidden segments; the backend refuses
 * others with `STORAGE_PATH_INVALID`. Files appear whole or not at all. A prefix is a folder: `a/b` covers `a/b/c`, not
 * `a/bc`; the empty one covers all of the tenant. Every method may throw `STORAGE_UNAVAILABLE`.
 */
export interface Storage {
  /**
   * The caller reads it to its end or destroys it. Beyond the end of the file it is empty.
   *
   * @param range - bytes; without `length`, to the end
   * @throws StorageError `STORAGE_NOT_FOUND`, `STORAGE_RANGE_INVALID`
   */
  read(
    tenant: string,
    path: string,
    range?: { readonly offset: number; readonly length?: number },
  ): Promise<Readable>
  /**
   * Replaces what was there in one step, durable when it returns. A stream is read to its end or destroyed.
   *
   * @throws StorageError `STORAGE_WRITE_ABORTED` if the stream fails, `STORAGE_CONFLICT`
   */
  write(
    tenant: string,
    path: string,
    data: Readable | Uint8Array | string,
  ): Promise<{ readonly sizeBytes: number }>
  stat(
    tenant: string,
    path: string,
  ): Promise<{ readonly sizeBytes: number; readonly modifiedAtMs: number } | undefined>
  /** In order of path. @throws StorageError `STORAGE_LISTING_TOO_LARGE` */
  list(
    tenant: string,
    prefix: string,
  ): Promise<readonly { readonly path: string; readonly sizeBytes: number }[]>
  /** @returns false if there was none. */
  delete(tenant: string, path: string): Promise<boolean>
  /** Deletes everything below a prefix. @returns how many files. */
  deletePrefix(tenant: string, prefix: string): Promise<number>
}
