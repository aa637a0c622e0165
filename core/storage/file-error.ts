import { StorageError } from './errors.ts'

/** What Node's file system says, in this room's words. @param path - as the caller gave it */
export function fileError(error: unknown, path: string): StorageError {
  if (error instanceof StorageError) return error
  switch (errorCode(error)) {
    case 'ENOENT':
      return notFound(path, error)
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
    case 'ENOTEMPTY':
      return new StorageError(
        'STORAGE_CONFLICT',
        `"${path}" cannot be written: a file stands where a folder is needed, or a folder where a file is.`,
        { cause: error, hint: 'Choose another path, or delete what stands there.' },
      )
    case 'ENAMETOOLONG':
      return new StorageError('STORAGE_PATH_INVALID', `The path "${path}" is too long for the file system.`, {
        cause: error,
      })
    case 'ELOOP':
      return outside(path, error)
    default:
      return new StorageError(
        'STORAGE_UNAVAILABLE',
        `Internal storage cannot be used (${errorCode(error) || String(error)}).`,
        { cause: error, hint: 'Check that its folder exists, is writable, and that the disk has room.' },
      )
  }
}

export function notFound(path: string, cause?: unknown): StorageError {
  return new StorageError('STORAGE_NOT_FOUND', `There is no file "${path}" in internal storage.`, { cause })
}

export function outside(path: string, cause?: unknown): StorageError {
  return new StorageError('STORAGE_PATH_INVALID', `The path "${path}" leads out of internal storage.`, {
    cause,
    hint: 'A symbolic link stands in its way. Internal storage follows none.',
  })
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
