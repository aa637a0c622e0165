import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A file to write; `path` is relative to the project. */
export interface OutputFile {
  readonly path: string
  readonly content: Uint8Array | string
}

/**
 * Writes files so that a reader sees each one old or new, never half. They appear in the order given: whoever
 * finds a new manifest (the last) finds what it speaks of, and its digests tell when a next build has overtaken
 * it.
 */
export async function writeAtomically(directory: string, files: readonly OutputFile[]): Promise<void> {
  const mark = randomUUID()
  const staged = files.map((file) => ({
    ...file,
    target: join(directory, file.path),
    // Hidden, and with the ending of its target: watchers and compilers pass over it as they do over that.
    temporary: join(directory, dirname(file.path), `.${mark}.${basename(file.path)}`),
  }))
  try {
    await Promise.all(
      [...new Set(staged.map(({ target }) => dirname(target)))].map((each) =>
        mkdir(each, { recursive: true }),
      ),
    )
    await Promise.all(staged.map(({ temporary, content }) => writeFile(temporary, content)))
    for (const { temporary, target } of staged) await rename(temporary, target)
  } catch (error) {
    await Promise.all(staged.map(({ temporary }) => rm(temporary, { force: true })))
    throw error
  }
}

/** Writes a text file if it says something else than before. @returns whether it did */
export async function writeIfChanged(directory: string, path: string, text: string): Promise<boolean> {
  const existing = await readFile(join(directory, path), 'utf8').catch(() => undefined)
  if (existing === text) return false
  await writeAtomically(directory, [{ path, content: text }])
  return true
}
