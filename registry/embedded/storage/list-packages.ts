import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, messageOf } from '../../errors.ts'
import { objectOrEmpty, stringOf } from '../../json-value.ts'
import { LIST_CONCURRENCY } from '../../limits.ts'
import { isPackageName } from '../../package-name.ts'
import { readFileIfThere } from './durable-file.ts'
import { PACKUMENT_FILE, packageDir, type RegistryLayout, tarballFileName } from './layout.ts'
import { parsePackument, type StoredPackument } from './packument.ts'

export interface StoredVersion {
  readonly version: string
  readonly integrity: string
  readonly tarballPath: string
  /** ISO 8601. */
  readonly publishedAt?: string
  readonly deprecated?: string
}

export interface StoredPackage {
  readonly name: string
  readonly distTags: Readonly<Record<string, string>>
  readonly versions: readonly StoredVersion[]
}

export interface PackageListing {
  readonly packages: readonly StoredPackage[]
  /** Packuments that could not be read, with the reason. The others are listed all the same. */
  readonly unreadable: readonly { readonly name: string; readonly reason: string }[]
}

/** Reads everything published here from the storage; works whether the registry's process runs or not. */
export async function listPackages(layout: RegistryLayout): Promise<PackageListing> {
  const names = await listPackageNames(layout)
  const packages: StoredPackage[] = []
  const unreadable: { name: string; reason: string }[] = []
  const remaining = names.values()
  const readOn = async (): Promise<void> => {
    for (const name of remaining) {
      try {
        const packument = await readPackument(layout, name)
        if (packument !== undefined) packages.push(toStoredPackage(layout, packument))
      } catch (error) {
        unreadable.push({ name, reason: messageOf(error) })
      }
    }
  }
  await Promise.all(Array.from({ length: LIST_CONCURRENCY }, readOn))
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1)
  return { packages: packages.sort(byName), unreadable: unreadable.sort(byName) }
}

/** undefined if there is no such package. @throws SyntaxError if its packument is damaged */
export async function readPackument(
  layout: RegistryLayout,
  name: string,
): Promise<StoredPackument | undefined> {
  const text = await readFileIfThere(join(packageDir(layout, name), PACKUMENT_FILE))
  return text === undefined ? undefined : parsePackument(text)
}

/** The names that have a folder, whether or not there is a packument in it. */
export async function listPackageNames(layout: RegistryLayout): Promise<readonly string[]> {
  const names: string[] = []
  for (const entry of await folders(layout.packages)) {
    if (!entry.name.startsWith('@')) names.push(entry.name)
    else {
      const inScope = await folders(join(layout.packages, entry.name))
      names.push(...inScope.map((folder) => `${entry.name}/${folder.name}`))
    }
  }
  return names.filter(isPackageName).sort()
}

async function folders(path: string): Promise<readonly Dirent[]> {
  try {
    return (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

function toStoredPackage(layout: RegistryLayout, packument: StoredPackument): StoredPackage {
  const versions = Object.entries(packument.versions).map(([version, manifest]) => {
    const publishedAt = packument.time[version]
    const deprecated = stringOf(manifest['deprecated'])
    return {
      version,
      integrity: stringOf(objectOrEmpty(manifest['dist'])['integrity']) ?? '',
      tarballPath: join(packageDir(layout, packument.name), tarballFileName(packument.name, version)),
      ...(publishedAt === undefined ? {} : { publishedAt }),
      ...(deprecated === undefined ? {} : { deprecated }),
    }
  })
  return { name: packument.name, distTags: packument['dist-tags'], versions }
}
