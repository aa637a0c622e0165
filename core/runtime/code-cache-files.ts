import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Files of V8's code cache that are kept; two for each version, some 12 KB for 50 KB of source. */
const MAX_FILES = 10_000

/** Removes the oldest entries of the code cache. Versions that still run make theirs anew when they need it. */
export async function pruneCodeCache(directory: string): Promise<void> {
  const names = await readdir(directory)
  if (names.length <= MAX_FILES) return
  const files = await Promise.all(
    names.map(async (name) => ({
      path: join(directory, name),
      changedAtMs: await changedAtMs(join(directory, name)),
    })),
  )
  files.sort((left, right) => left.changedAtMs - right.changedAtMs)
  for (const { path } of files.slice(0, files.length - MAX_FILES)) await rm(path, { force: true })
}

async function changedAtMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs
  } catch {
    // A draft that became a file meanwhile, or a file that another runtime removed.
    return 0
  }
}
