import semver from 'semver'
import type { Coordinate } from '../coordinates/index.ts'
import { PluginError } from '../errors.ts'
import type { PackageSource, PackageVersions } from '../source.ts'
import { chooseVersion, compareVersionsDescending } from '../version/index.ts'

/** @throws PluginError `PLUGIN_PACKAGE_UNKNOWN` */
export async function lookUpPackage(source: PackageSource, packageName: string): Promise<PackageVersions> {
  const published = await source.lookUp(packageName)
  if (published !== undefined) return published
  throw new PluginError('PLUGIN_PACKAGE_UNKNOWN', `No repository has the package ${packageName}.`, {
    hint: `Asked: ${source.repositories.join(', ') || 'none is configured'}. Check the name, or add the repository to plugins.repositories.`,
  })
}

/**
 * Which published version a coordinate means; LATEST is the newest release, whatever its dist-tags.
 *
 * @throws PluginError `PLUGIN_VERSION_NOT_PUBLISHED`
 */
export function choosePublished({ packageName, request }: Coordinate, published: PackageVersions): string {
  const candidates = published.versions
    .filter(({ version }) => semver.valid(version) !== null)
    .map(({ version }) => ({
      version,
      distTags: Object.keys(published.distTags).filter((tag) => published.distTags[tag] === version),
    }))
  const chosen = chooseVersion(request, candidates)
  if (chosen !== undefined) return chosen.version
  const shown = 20
  const versions = candidates.map(({ version }) => version).sort(compareVersionsDescending)
  const listed = `${versions.slice(0, shown).join(', ') || 'none'}${versions.length > shown ? ', …' : ''}`
  const tags = Object.keys(published.distTags).join(', ')
  throw new PluginError(
    'PLUGIN_VERSION_NOT_PUBLISHED',
    `No published version of ${packageName} is ${request.text}.`,
    { hint: `${published.repository} has: ${listed}${tags === '' ? '' : ` (dist-tags: ${tags})`}.` },
  )
}
