import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RegistryError } from '../errors.ts'
import { CLIENT_LIMITS, CLIENT_TIMEOUTS, MAX_SEARCH_RESULTS } from '../limits.ts'
import { isPackageName } from '../package-name.ts'
import type { PackageClientOptions } from './options.ts'
import type { RemotePackage } from './remote-package.ts'
import { parseRepositories, type Repository } from './repository.ts'
import type { ReaderOptions, RepositoryReader } from './repository-reader.ts'
import { type Route, routeOf } from './scope-routing.ts'
import { type FoundPackage, joinFound } from './search.ts'

export interface PackageVersionList {
  readonly packageName: string
  readonly repository: string
  readonly distTags: Readonly<Record<string, string>>
  readonly versions: readonly {
    readonly version: string
    readonly integrity: string
    readonly deprecated?: string
    /** ISO 8601. */
    readonly publishedAt?: string
  }[]
}

export interface SavedPackage {
  readonly repository: string
  readonly path: string
  /** `sha512-…` of the file. */
  readonly integrity: string
  readonly sizeBytes: number
}

/** Reads packages from npm registries. */
export interface PackageClient {
  /** The enabled repositories' names, in the order they are asked. */
  readonly repositories: readonly string[]
  /**
   * Looks a package up in the repositories its scope is bound to, otherwise in the first that has it. A repository that
   * fails ends the search: going on would let the next one answer for it.
   *
   * @returns undefined if none has it
   * @throws RegistryError naming the repository: `REGISTRY_UNREACHABLE`, `REGISTRY_UNAUTHORIZED`, `REGISTRY_TIMEOUT`,
   * `REGISTRY_ANSWER_INVALID`
   */
  lookUp(packageName: string): Promise<PackageVersionList | undefined>
  /**
   * Downloads a tarball, checking the integrity while it streams. On any error there is no file.
   *
   * @throws RegistryError as `lookUp`, and `REGISTRY_PACKAGE_NOT_FOUND`, `REGISTRY_VERSION_NOT_FOUND`,
   * `REGISTRY_INTEGRITY_MISMATCH`, `REGISTRY_INTEGRITY_MISSING`, `REGISTRY_TARBALL_TOO_LARGE`
   */
  download(packageName: string, version: string, targetPath: string, maxBytes: number): Promise<SavedPackage>
  /** Searches all repositories that offer it. @throws RegistryError as `lookUp` */
  search(text: string, limit: number): Promise<readonly FoundPackage[]>
}

/** @throws RegistryError `REGISTRY_CONFIGURATION_INVALID` listing everything that is wrong with the repositories */
export function createPackageClient(options: PackageClientOptions): PackageClient {
  return new NpmPackageClient(options)
}

class NpmPackageClient implements PackageClient {
  readonly repositories: readonly string[]
  readonly #repositories: readonly Repository[]
  readonly #boundScopes: ReadonlySet<string>
  readonly #readerOptions: ReaderOptions
  #reader: Promise<RepositoryReader> | undefined
  readonly #maxRememberedPackages: number
  /** Recently looked up, the longest unused first. */
  readonly #remembered = new Map<string, RemotePackage>()

  constructor(options: PackageClientOptions) {
    this.#repositories = parseRepositories(options.repositories)
    this.repositories = this.#repositories.map((repository) => repository.name)
    this.#boundScopes = new Set(options.repositories.flatMap((repository) => repository.scopes ?? []))
    const timeouts = { ...CLIENT_TIMEOUTS, ...options.timeouts }
    const limits = { ...CLIENT_LIMITS, ...options.limits }
    this.#readerOptions = { cacheDir: options.cacheDir, timeouts, limits }
    this.#maxRememberedPackages = limits.maxRememberedPackages
  }

  async lookUp(packageName: string): Promise<PackageVersionList | undefined> {
    const found = await this.#fetchPackage(packageName)
    if (found === undefined) return undefined
    const versions = Array.from(found.versions).flatMap(([version, remote]) => {
      // What states no integrity can never be downloaded.
      if (remote.integrity === undefined) return []
      return {
        version,
        integrity: remote.integrity,
        ...(remote.deprecated === undefined ? {} : { deprecated: remote.deprecated }),
        ...(remote.publishedAt === undefined ? {} : { publishedAt: remote.publishedAt }),
      }
    })
    return { packageName, repository: found.repository.name, distTags: found.distTags, versions }
  }

  async download(
    packageName: string,
    version: string,
    targetPath: string,
    maxBytes: number,
  ): Promise<SavedPackage> {
    await mkdir(dirname(targetPath), { recursive: true })
    const remembered = this.#remembered.get(packageName)
    if (remembered !== undefined) {
      const saved = await this.#save(remembered, version, targetPath, maxBytes)
      if (saved !== undefined) return saved
    }
    const found = await this.#fetchPackage(packageName)
    if (found === undefined) throw this.#notFound(packageName)
    const saved = await this.#save(found, version, targetPath, maxBytes)
    if (saved !== undefined) return saved
    throw new RegistryError(
      'REGISTRY_VERSION_NOT_FOUND',
      `The repository "${found.repository.name}" has no version ${version} of "${packageName}".`,
      { at: { repository: found.repository.name } },
    )
  }

  async search(text: string, limit: number): Promise<readonly FoundPackage[]> {
    const size = Math.min(limit, MAX_SEARCH_RESULTS)
    const found = await Promise.all(
      this.#repositories.map(
        async (repository) =>
          [repository, await (await this.#openReader()).search(repository, text, size)] as const,
      ),
    )
    return joinFound(found, this.#boundScopes, size)
  }

  /** Loaded when it is first needed: pacote is a quarter of a second and 40 MB that an idle server need not have. */
  #openReader(): Promise<RepositoryReader> {
    this.#reader ??= import('./repository-reader.ts').then(
      (module) => new module.RepositoryReader(this.#readerOptions),
    )
    return this.#reader
  }

  async #fetchPackage(packageName: string): Promise<RemotePackage | undefined> {
    // Also keeps the name from being anything else than one segment of the address.
    if (!isPackageName(packageName)) return undefined
    for (const repository of this.#routeOf(packageName).repositories) {
      const found = await (await this.#openReader()).readPackage(repository, packageName)
      if (found !== undefined) {
        this.#remember(found)
        return found
      }
    }
    this.#remembered.delete(packageName)
    return undefined
  }

  /** undefined if the repository does not have the file any more. */
  async #save(
    found: RemotePackage,
    version: string,
    path: string,
    maxBytes: number,
  ): Promise<SavedPackage | undefined> {
    const saved = await (await this.#openReader()).saveVersion(found, version, path, maxBytes)
    return saved === undefined ? undefined : { ...saved, repository: found.repository.name, path }
  }

  #remember(found: RemotePackage): void {
    this.#remembered.delete(found.packageName)
    this.#remembered.set(found.packageName, found)
    if (this.#remembered.size <= this.#maxRememberedPackages) return
    for (const oldest of this.#remembered.keys()) {
      this.#remembered.delete(oldest)
      return
    }
  }

  #routeOf(packageName: string): Route {
    return routeOf(packageName, this.#repositories, this.#boundScopes)
  }

  #notFound(packageName: string): RegistryError {
    const { repositories, boundScope } = this.#routeOf(packageName)
    const asked = repositories.map((repository) => `"${repository.name}"`).join(', ')
    const reason =
      boundScope === undefined
        ? `asked: ${asked === '' ? 'none is configured' : asked}`
        : `the scope ${boundScope} is bound to ${asked === '' ? 'a disabled repository' : asked}, no other is asked`
    return new RegistryError(
      'REGISTRY_PACKAGE_NOT_FOUND',
      `No repository has "${packageName}" (${reason}).`,
      {
        hint: 'Check the name, publish the package, or configure the repository that has it.',
      },
    )
  }
}
