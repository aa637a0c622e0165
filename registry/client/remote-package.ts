import { fromHex } from 'ssri'
import { RegistryError } from '../errors.ts'
import { isJsonObject, objectOrEmpty, stringOf, stringRecord } from '../json-value.ts'
import type { Repository } from './repository.ts'

/** A package as one repository has it. */
export interface RemotePackage {
  readonly packageName: string
  readonly repository: Repository
  readonly distTags: Readonly<Record<string, string>>
  readonly versions: ReadonlyMap<string, RemoteVersion>
}

export interface RemoteVersion {
  readonly tarballUrl: URL | undefined
  /** As stated: `sha512-…`, or `sha1-…` for packages of old. undefined: nothing was stated. */
  readonly integrity: string | undefined
  readonly deprecated: string | undefined
  /** ISO 8601. */
  readonly publishedAt: string | undefined
}

/** @throws RegistryError `REGISTRY_ANSWER_INVALID` if the answer is no packument of that package */
export function parseRemotePackage(
  repository: Repository,
  packageName: string,
  packument: unknown,
): RemotePackage {
  if (!isJsonObject(packument) || packument['name'] !== packageName) {
    throw new RegistryError(
      'REGISTRY_ANSWER_INVALID',
      `The repository "${repository.name}" answered with something else than the package "${packageName}".`,
      { at: { repository: repository.name }, hint: 'Check that its URL is the base of an npm registry.' },
    )
  }
  const time = stringRecord(packument['time'])
  const versions = new Map<string, RemoteVersion>()
  for (const [version, manifest] of Object.entries(objectOrEmpty(packument['versions']))) {
    const { dist, deprecated } = objectOrEmpty(manifest)
    const { tarball, integrity, shasum } = objectOrEmpty(dist)
    versions.set(version, {
      tarballUrl: httpUrl(tarball, repository.url),
      integrity: stringOf(integrity) ?? fromShasum(shasum),
      deprecated: stringOf(deprecated),
      publishedAt: time[version],
    })
  }
  return { packageName, repository, distTags: stringRecord(packument['dist-tags']), versions }
}

function httpUrl(value: unknown, base: URL): URL | undefined {
  const url = typeof value === 'string' ? URL.parse(value, base.href) : null
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined
}

function fromShasum(shasum: unknown): string | undefined {
  if (typeof shasum !== 'string' || !/^[0-9a-f]{40}$/i.test(shasum)) return undefined
  return fromHex(shasum, 'sha1').toString()
}
