import { existsSync } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Builds of this many states of the sources are kept. */
const KEPT_BUILDS = 3
const BUILD = /^[0-9a-f]{32}$/

/**
 * Moves a finished build to where it is looked for, and drops the oldest others. If somebody else built the same sources
 * meanwhile, theirs stays: the two are equal.
 *
 * @param target - beside the other builds, named after the digest of its sources
 */
export async function keepBuild(work: string, target: string): Promise<void> {
  try {
    await rename(work, target)
  } catch (error) {
    if (!existsSync(target)) throw error
    await rm(work, { recursive: true, force: true })
  }
  const folder = dirname(target)
  const names = (await readdir(folder)).filter((name) => BUILD.test(name))
  const builds = await Promise.all(
    names.map(async (name) => ({ name, madeAtMs: (await stat(join(folder, name))).mtimeMs })),
  )
  const oldest = builds.toSorted((a, b) => b.madeAtMs - a.madeAtMs).slice(KEPT_BUILDS)
  await Promise.all(oldest.map(({ name }) => rm(join(folder, name), { recursive: true, force: true })))
}
