import { addAbortSignal, Readable } from 'node:stream'
import parseSpec, { type PackageSpec } from 'npm-package-arg'
import npmFetch, { type NpmFetchOptions } from 'npm-registry-fetch'
import pacote, { type PackumentCache, type PacoteOptions } from 'pacote'
import semver from 'semver'
import { RegistryError } from '../errors.ts'
import { integrityMissing, type SavedTarball, saveTarball, tarballTooLarge } from './download.ts'
import { KeptPackuments } from './kept-packuments.ts'
import type { ClientLimits, ClientTimeouts } from './options.ts'
import { parseRemotePackage, type RemotePackage } from './remote-package.ts'
import type { Repository } from './repository.ts'
import { askRepository } from './repository-request.ts'
import { NOT_MODIFIED } from './request-guard.ts'
import { type FoundPackage, parseSearchAnswer } from './search.ts'

export interface ReaderOptions {
  readonly cacheDir: string
  readonly timeouts: ClientTimeouts
  readonly limits: ClientLimits
}

/** Reads packuments and tarballs with pacote, and searches, in one repository at a time. */
export class RepositoryReader {
  readonly #kept: KeptPackuments
  readonly #timeouts: ClientTimeouts
  readonly #limits: ClientLimits

  constructor(options: ReaderOptions) {
    this.#kept = new KeptPackuments(options.cacheDir)
    this.#timeouts = options.timeouts
    this.#limits = options.limits
  }

  /** @returns undefined if the repository has no such package @throws RegistryError as `askRepository` */
  async readPackage(repository: Repository, packageName: string): Promise<RemotePackage | undefined> {
    const { maxPackumentBytes: maxBytes } = this.#limits
    const tooLarge = () => answerTooLarge(repository, `The repository "${repository.name}"`, maxBytes)
    const spec = parseSpec.resolve(packageName, '*')
    const request = { repository, timeoutMs: this.#timeouts.requestMs, maxBytes, tooLarge }
    const kept = await this.#kept.find(repository, packageName)
    return await askRepository(request, async (options, head) => {
      const asked = pacote.packument(spec, {
        ...registryOnly(options),
        headers: { ...options.headers, ...(kept === undefined ? {} : { 'if-none-match': kept.etag }) },
        fullMetadata: true,
      })
      const packument = await unlessAborted(asked, options.signal).catch((error: unknown) => {
        // pacote looks for a packument in an answer that has none.
        if (kept !== undefined && head()?.status === NOT_MODIFIED) return kept.packument
        throw error
      })
      const found = parseRemotePackage(repository, packageName, packument)
      const etag = head()?.etag
      const isNew = head()?.status !== NOT_MODIFIED
      if (isNew && etag !== undefined) await this.#kept.keep(repository, packageName, { etag, packument })
      return found
    })
  }

  /**
   * @returns undefined if the repository does not have the file any more
   * @throws RegistryError as `askRepository` and `saveTarball`
   */
  async saveVersion(
    found: RemotePackage,
    version: string,
    path: string,
    maxBytes: number,
  ): Promise<SavedTarball | undefined> {
    const { repository, packageName } = found
    const remote = found.versions.get(version)
    const spec = exactSpec(packageName, version)
    if (remote === undefined || spec === undefined) return undefined
    const { tarballUrl, integrity } = remote
    const label = `${packageName}@${version}`
    if (integrity === undefined) throw integrityMissing(label, repository.name)
    if (tarballUrl === undefined) return undefined
    const target = { spec: label, repository: repository.name, path, maxBytes, integrity }
    const tooLarge = () => tarballTooLarge(target)
    const request = { repository, timeoutMs: this.#timeouts.downloadMs, maxBytes, tooLarge }
    return await askRepository(request, async (options) => {
      const packumentCache = known(packageName, version, tarballUrl)
      const [saved] = await pacote.tarball.stream(
        spec,
        // Settled: at some errors pacote would download again, and clean the cache in the user's home before.
        (stream) => Promise.allSettled([saveTarball(readableOf(stream, options.signal), target)]),
        { ...registryOnly(options), packumentCache },
      )
      if (saved.status === 'rejected') throw saved.reason
      return saved.value
    })
  }

  /** @returns nothing if the repository offers no search @throws RegistryError as `askRepository` */
  async search(repository: Repository, text: string, size: number): Promise<readonly FoundPackage[]> {
    const { maxSearchBytes: maxBytes } = this.#limits
    const url = new URL('-/v1/search', repository.url)
    url.searchParams.set('text', text)
    url.searchParams.set('size', String(size))
    const tooLarge = () =>
      answerTooLarge(repository, `The search of the repository "${repository.name}"`, maxBytes)
    const request = { repository, timeoutMs: this.#timeouts.requestMs, maxBytes, tooLarge }
    const found = await askRepository(request, async (options) => {
      const asked = npmFetch(url.href, options).then((response) => response.buffer())
      return parseSearchAnswer(repository, await unlessAborted(asked, options.signal))
    })
    return found ?? []
  }
}

/** pacote would also clone git repositories and run their scripts, and read folders and any address. */
function registryOnly(options: NpmFetchOptions): PacoteOptions {
  return {
    ...options,
    allowGit: 'none',
    allowRemote: 'none',
    allowFile: 'none',
    allowDirectory: 'none',
    replaceRegistryHost: 'never',
  }
}

/** undefined for what is not one exact version: pacote takes a range, a tag or a git address in its place. */
function exactSpec(packageName: string, version: string): PackageSpec | undefined {
  const spec = parseSpec.resolve(packageName, version)
  return spec.type === 'version' ? spec : undefined
}

/**
 * Tells pacote what was read of the packument before, so that it asks for the tarball only. The integrity is left to
 * `saveTarball`: pacote checks answers of the status 200 only, and downloads what is wrong again and again.
 */
function known(packageName: string, version: string, tarball: URL): PackumentCache {
  // pacote looks it up without its build metadata.
  const key = semver.clean(version, { loose: true }) ?? version
  const manifest = { name: packageName, version: key, dist: { tarball: tarball.href } }
  const packument = { name: packageName, versions: { [key]: manifest } }
  return { has: () => true, get: () => packument, set: () => undefined, delete: () => undefined }
}

function readableOf(stream: NodeJS.ReadableStream & { destroy(): void }, signal: AbortSignal): Readable {
  // Its own iterator adds a listener for every chunk.
  const body = addAbortSignal(signal, new Readable().wrap(stream))
  // It may break before anybody reads it, while a file is being opened; reading it then throws the error.
  body.on('error', () => undefined)
  return body
}

/** The deadline holds also while npm's client waits for a retry or its cache. */
async function unlessAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return await Promise.race([asked, aborted])
}

function answerTooLarge(repository: Repository, place: string, maxBytes: number): RegistryError {
  const at = { repository: repository.name }
  return new RegistryError('REGISTRY_ANSWER_INVALID', `${place} answered more than ${maxBytes} bytes.`, {
    at,
  })
}
