import type { PluginVersionRecord } from '../repository.ts'
import type { InstallParts } from './parts.ts'

/**
 * Saves a package's dist-tags as the registry has them now.
 *
 * @returns the installed versions whose tags changed, for the catalog to read again
 */
export async function saveDistTags(
  parts: Pick<InstallParts, 'catalog' | 'repository'>,
  packageName: string,
  distTags: Readonly<Record<string, string>>,
): Promise<readonly PluginVersionRecord[]> {
  const changed = parts.catalog.current.records.filter(
    (record) =>
      record.packageName === packageName && !isSameSet(record.distTags, tagsOf(record.version, distTags)),
  )
  if (changed.length > 0) await parts.repository.saveDistTags(packageName, distTags)
  return changed
}

function tagsOf(version: string, distTags: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(distTags).filter((tag) => distTags[tag] === version)
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  return new Set(left).symmetricDifference(new Set(right)).size === 0
}
