import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RegistryError } from '../errors.ts'
import { CLIENT_LIMITS, CLIENT_TIMEOUTS, MAX_SEARCH_RESULTS } from '../limits.ts'
import { isPackageName } from '../package-name.ts'
import { integrityMissing, saveTarball } from './download.ts'
import type { ClientLimits, ClientTimeouts, PackageClientOptions } from './options.ts'
import { parseRemotePackage, type RemotePackage, type RemoteVersion } from './remote-package.ts'
import { parseRepositories, type Repository } from './repository.ts'
import { askRepository, readBounded } from './repository-request.ts'
import { type Route, routeOf } from './scope-routing.ts'
import { type FoundPackage, joinFound, parseSearchAnswer } from './search.ts'

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

const PACKUMENT = 'application/json'

class NpmPackageClient implements PackageClient {
  readonly repositories: readonly string[]
  readonly #repositories: readonly Repository[]
  readonly #boundScopes: ReadonlySet<string>
  readonly #cacheDir: string
  readonly #timeouts: ClientTimeouts
  readonly #limits: ClientLimits
  /** Recently looked up, the longest unused first. */
  readonly #remembered = new Map<string, RemotePackage>()

  constructor(options: PackageClientOptions) {
    this.#repositories = parseRepositories(options.repositories)
    this.repositories = this.#repositories.map((repository) => repository.name)
    this.#boundScopes = new Set(options.repositories.flatMap((repository) => repository.scopes ?? []))
    this.#cacheDir = options.cacheDir
    this.#timeouts = { ...CLIENT_TIMEOUTS, ...options.timeouts }
    this.#limits = { ...CLIENT_LIMITS, ...options.limits }
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
    const known = remembered?.versions.get(version)
    if (remembered !== undefined && known !== undefined) {
      const saved = await this.#save(remembered, known, version, targetPath, maxBytes)
      if (saved !== undefined) return saved
    }
    const found = await this.#fetchPackage(packageName)
    if (found === undefined) throw this.#notFound(packageName)
    const remote = found.versions.get(version)
    const saved =
      remote === undefined ? undefined : await this.#save(found, remote, version, targetPath, maxBytes)
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
        async (repository) => [repository, await this.#searchIn(repository, text, size)] as const,
      ),
    )
    return joinFound(found, this.#boundScopes, size)
  }

  async #fetchPackage(packageName: string): Promise<RemotePackage | undefined> {
    // Also keeps the name from being anything else than one segment of the address.
    if (!isPackageName(packageName)) return undefined
    for (const repository of this.#routeOf(packageName).repositories) {
      const found = await this.#fetchFrom(repository, packageName)
      if (found !== undefined) {
        this.#remember(found)
        return found
      }
    }
    this.#remembered.delete(packageName)
    return undefined
  }

  #fetchFrom(repository: Repository, packageName: string): Promise<RemotePackage | undefined> {
    const url = new URL(packageName.replace('/', '%2f'), repository.url)
    const { requestMs: timeoutMs } = this.#timeouts
    return askRepository(
      { repository, url, accept: PACKUMENT, timeoutMs, cachePath: this.#cacheDir },
      async (body) => {
        const place = `The repository "${repository.name}"`
        const content = await readBounded(body, this.#limits.maxPackumentBytes, place)
        return parseRemotePackage(repository, packageName, content)
      },
    )
  }

  /** undefined if the repository does not have the file any more. */
  async #save(
    found: RemotePackage,
    remote: RemoteVersion,
    version: string,
    path: string,
    maxBytes: number,
  ): Promise<SavedPackage | undefined> {
    const spec = `${found.packageName}@${version}`
    const { repository } = found
    const { tarballUrl: url, integrity } = remote
    if (integrity === undefined) throw integrityMissing(spec, repository.name)
    if (url === undefined) return undefined
    const saved = await askRepository(
      { repository, url, accept: '*/*', timeoutMs: this.#timeouts.downloadMs },
      (body) => saveTarball(body, { spec, repository: repository.name, path, maxBytes, integrity }),
    )
    return saved === undefined ? undefined : { ...saved, repository: repository.name, path }
  }

  async #searchIn(repository: Repository, text: string, size: number): Promise<readonly FoundPackage[]> {
    const url = new URL('-/v1/search', repository.url)
    url.searchParams.set('text', text)
    url.searchParams.set('size', String(size))
    const request = { repository, url, accept: PACKUMENT, timeoutMs: this.#timeouts.requestMs }
    const found = await askRepository(request, async (body) => {
      const place = `The search of the repository "${repository.name}"`
      return parseSearchAnswer(repository, await readBounded(body, this.#limits.maxSearchBytes, place))
    })
    return found ?? []
  }

  #remember(found: RemotePackage): void {
    this.#remembered.delete(found.packageName)
    this.#remembered.set(found.packageName, found)
    if (this.#remembered.size <= this.#limits.maxRememberedPackages) return
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
