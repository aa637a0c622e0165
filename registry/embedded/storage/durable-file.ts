import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../../errors.ts'

/**
 * Replaces a file in one step: a reader, or a restart after kill -9 or power loss, sees the old or the new content and
 * never a part of it. On return the new content is on the disk, as far as the disk keeps what fsync promises.
 *
 * @param scratchPath - on the same file system; where the new content is written first
 */
export async function replaceFileDurably(path: string, content: string, scratchPath: string): Promise<void> {
  const file = await open(scratchPath, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(scratchPath, path)
  await syncDirectory(dirname(path))
}

/** Makes creations, renames and removals in a folder durable. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a folder; NTFS journals its own metadata.
  if (process.platform === 'win32') return
  let directory: FileHandle | undefined
  try {
    directory = await open(path, 'r')
    await directory.sync()
  } finally {
    await directory?.close()
  }
}

/** Creates a folder and those above it, durably. */
export async function createDirectoryDurably(path: string): Promise<void> {
  const firstCreated = await mkdir(path, { recursive: true, mode: 0o700 })
  if (firstCreated === undefined) return
  const top = dirname(firstCreated)
  for (let parent = dirname(path); ; parent = dirname(parent)) {
    await syncDirectory(parent)
    if (parent === top || parent === dirname(parent)) return
  }
}

/** undefined if there is no such file. */
export async function readFileIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}
