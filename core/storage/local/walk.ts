import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../file-error.ts'

export interface WalkedEntry {
  readonly file: string
  /** Below where the walk began, `/`-separated. */
  readonly path: string
  /** A folder comes after all that was in it. `other`: a symbolic link, never followed, or a device. */
  readonly kind: 'file' | 'folder' | 'other'
}

/** Everything below a folder, depth first, holding one open folder a level. What vanishes meanwhile is passed over. */
export async function* walk(folder: string, path = ''): AsyncGenerator<WalkedEntry> {
  const entries = await opendir(folder).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return undefined
    throw error
  })
  if (entries === undefined) return
  for await (const entry of entries) {
    const child = { file: join(folder, entry.name), path: path === '' ? entry.name : `${path}/${entry.name}` }
    if (entry.isDirectory()) {
      yield* walk(child.file, child.path)
      yield { ...child, kind: 'folder' }
    } else {
      yield { ...child, kind: entry.isFile() ? 'file' : 'other' }
    }
  }
}
