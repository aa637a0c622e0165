import type { Readable } from 'node:stream'

/**
 * Internal storage. A path is relative, `/`-separated, without `..`, empty or hidden segments; the backend refuses
 * others with `STORAGE_PATH_INVALID`. Files appear whole or not at all.
 */
export interface Storage {
  /** @throws StorageError `STORAGE_NOT_FOUND` */
  read(
    tenant: string,
    path: string,
    range?: { readonly offset: number; readonly length?: number },
  ): Promise<Readable>
  write(
    tenant: string,
    path: string,
    data: Readable | Uint8Array | string,
  ): Promise<{ readonly sizeBytes: number }>
  stat(
    tenant: string,
    path: string,
  ): Promise<{ readonly sizeBytes: number; readonly modifiedAtMs: number } | undefined>
  list(
    tenant: string,
    prefix: string,
  ): Promise<readonly { readonly path: string; readonly sizeBytes: number }[]>
  /** @returns false if there was none. */
  delete(tenant: string, path: string): Promise<boolean>
  /** Deletes everything below a prefix. @returns how many files. */
  deletePrefix(tenant: string, prefix: string): Promise<number>
}
