import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../errors.ts'
import { PACKUMENT_FILE, packageDir, type RegistryLayout } from '../storage/layout.ts'
import { listPackageNames, readPackument } from '../storage/list-packages.ts'

export interface HealReport {
  /** Paths of what an interrupted change had left. */
  readonly removed: readonly string[]
  /** What only a person can put right. The package is left as it is. */
  readonly problems: readonly { readonly name: string; readonly problem: string }[]
  readonly packageNames: readonly string[]
}

/**
 * Sweeps the storage at a start, before anybody is served: whatever a killed process left half done is taken away, so
 * that a version is wholly there or can be published again. Creates the folders of an empty registry.
 */
export async function heal(layout: RegistryLayout): Promise<HealReport> {
  await rm(layout.incoming, { recursive: true, force: true })
  for (const directory of [layout.packages, layout.incoming, layout.tombstones, layout.uplinkCache]) {
    await mkdir(directory, { recursive: true, mode: 0o700 })
  }
  // Verdaccio rewrites this file in place at every start and refuses to change packages when a kill cut it short. It
  // holds a list and a secret that nothing here uses.
  await rm(join(layout.packages, '.verdaccio-db.json'), { force: true })

  const removed: string[] = []
  const problems: { name: string; problem: string }[] = []
  const packageNames: string[] = []
  for (const name of await listPackageNames(layout)) {
    try {
      const isThere = await healPackage(layout, name, removed, problems)
      if (isThere) packageNames.push(name)
    } catch (error) {
      packageNames.push(name)
      problems.push({ name, problem: `Its packument cannot be read: ${messageOf(error)}.` })
    }
  }
  return { removed, problems, packageNames }
}

async function healPackage(
  layout: RegistryLayout,
  name: string,
  removed: string[],
  problems: { name: string; problem: string }[],
): Promise<boolean> {
  const directory = packageDir(layout, name)
  const packument = await readPackument(layout, name)
  if (packument === undefined) {
    await rm(directory, { recursive: true, force: true })
    removed.push(directory)
    return false
  }
  const expected = new Set([PACKUMENT_FILE, ...Object.keys(packument._attachments)])
  const files = await readdir(directory)
  for (const file of files.filter((file) => !expected.has(file))) {
    await rm(join(directory, file), { recursive: true, force: true })
    removed.push(join(directory, file))
  }
  const present = new Set(files)
  for (const file of expected) {
    if (!present.has(file)) problems.push({ name, problem: `The tarball ${file} is missing.` })
  }
  return true
}
