import type { Coordinates, PackageOffer, PackageView, PluginVersionRecord } from '@pinion/core/plugin'
import { isoDate } from './iso.ts'

/** What stands for the group of a package without a scope. */
export const NO_GROUP = '-'

/** `@pinion/plugin-aws` in the reference's words: group `io.kestra.plugin`, artifact `plugin-aws`. */
export function artifactId(coordinates: Coordinates, packageName: string) {
  const slash = packageName.indexOf('/')
  return {
    groupId: coordinates.groupOf(packageName) || NO_GROUP,
    artifactId: slash === -1 ? packageName : packageName.slice(slash + 1),
  }
}

/** One installed version. */
export function artifactView(coordinates: Coordinates, record: PluginVersionRecord) {
  return {
    ...artifactId(coordinates, record.packageName),
    extension: 'tgz',
    version: record.version,
    uri: `npm:${coordinates.format(record.packageName, record.version)}`,
    packageName: record.packageName,
    state: record.state,
    reason: record.reason,
    repository: record.repository,
    integrity: record.integrity,
    grantedPermissions: record.grantedPermissions,
  }
}

/** One package with its installed versions; the reference's names first, what is known beyond them in `installed`. */
export function packageView(coordinates: Coordinates, view: PackageView) {
  return {
    title: view.title,
    icon: Buffer.from(view.icon).toString('base64'),
    ...artifactId(coordinates, view.packageName),
    versions: view.versions.map(({ version }) => version),
    packageName: view.packageName,
    description: view.description,
    installed: view.versions.map(({ installedAtMs, ...version }) => ({
      ...version,
      installedAt: isoDate(installedAtMs),
    })),
  }
}

/** What the repositories offer for one coordinate. */
export function offerView(coordinates: Coordinates, offer: PackageOffer) {
  const { packageName, repository, distTags, versions } = offer.published
  return {
    artifact: { ...artifactId(coordinates, packageName), extension: 'tgz', version: offer.chosenVersion },
    version: offer.chosenVersion,
    versions: versions.map(({ version }) => version).toReversed(),
    resolved: true,
    packageName,
    repository,
    distTags,
    installed: offer.installedVersions,
  }
}
