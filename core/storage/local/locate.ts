import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode, outside } from '../file-error.ts'

/**
 * Where a path lies on disk. Every folder on the way is looked at: none may be a symbolic link, so that nobody is led
 * out of the tenant's folder. Whoever can change folders while we look can write the files anyway.
 *
 * @throws StorageError `STORAGE_PATH_INVALID`
 */
export async function locate(tenantFolder: string, segments: readonly string[]): Promise<string> {
  let file = tenantFolder
  await refuseLink(file, segments)
  for (const segment of segments) {
    file = join(file, segment)
    if (!(await refuseLink(file, segments))) return join(tenantFolder, ...segments)
  }
  return file
}

/** @returns whether it exists */
async function refuseLink(file: string, segments: readonly string[]): Promise<boolean> {
  try {
    if ((await lstat(file)).isSymbolicLink()) throw outside(segments.join('/'))
    return true
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return false
    throw error
  }
}
