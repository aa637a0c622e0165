import { copyFile, readFile, stat } from 'node:fs/promises'
import { digestOf } from '../manifest/index.ts'
import type { DownloadedPackage, PackageSource, PackageSummary, PackageVersions } from '../source.ts'
import { compareVersionsDescending } from '../version/index.ts'

interface PublishedTarball {
  readonly path: string
  readonly integrity: string
  readonly deprecated?: string
}

/** A repository of tarballs on disk: what a registry is to this room. */
export class TarballSource implements PackageSource {
  readonly repositories = ['test']
  readonly #packages = new Map<string, Map<string, PublishedTarball>>()
  readonly distTags = new Map<string, Record<string, string>>()
  downloads = 0

  async publish(packageName: string, version: string, path: string, deprecated?: string): Promise<string> {
    const integrity = digestOf(await readFile(path))
    const versions = this.#packages.get(packageName) ?? new Map<string, PublishedTarball>()
    versions.set(version, { path, integrity, ...(deprecated === undefined ? {} : { deprecated }) })
    this.#packages.set(packageName, versions)
    return integrity
  }

  async lookUp(packageName: string): Promise<PackageVersions | undefined> {
    const versions = this.#packages.get(packageName)
    if (versions === undefined) return undefined
    return {
      packageName,
      repository: 'test',
      distTags: this.distTags.get(packageName) ?? {},
      versions: Array.from(versions, ([version, { integrity, deprecated }]) => ({
        version,
        integrity,
        ...(deprecated === undefined ? {} : { deprecated }),
      })),
    }
  }

  async download(packageName: string, version: string, targetPath: string): Promise<DownloadedPackage> {
    const published = this.#packages.get(packageName)?.get(version)
    if (published === undefined) throw new Error(`${packageName}@${version} is not published.`)
    this.downloads++
    await copyFile(published.path, targetPath)
    const { size } = await stat(targetPath)
    return { repository: 'test', path: targetPath, integrity: published.integrity, sizeBytes: size }
  }

  async search(text: string, limit: number): Promise<readonly PackageSummary[]> {
    return Array.from(this.#packages, ([packageName, versions]) => ({
      packageName,
      repository: 'test',
      description: '',
      latestVersion: [...versions.keys()].sort(compareVersionsDescending)[0] ?? '',
    }))
      .filter(({ packageName }) => packageName.includes(text))
      .slice(0, limit)
  }
}
