import { Readable } from 'node:stream'
import fetch, { type FetchResponse } from 'make-fetch-happen'
import { messageOf, RegistryError } from '../errors.ts'
import { CLIENT_RETRY, MAX_REDIRECTS } from '../limits.ts'
import type { Repository } from './repository.ts'

export interface RepositoryRequest {
  readonly repository: Repository
  readonly url: URL
  readonly accept: string
  readonly timeoutMs: number
  /** Keep the answer here and only ask whether it is still right. */
  readonly cachePath?: string
}

/**
 * Asks a repository and hands the body of its answer to `read`. Redirects are followed here, because npm's engine
 * keeps credentials when only the port or the protocol changes: they are sent to the repository's own origin only.
 *
 * @returns undefined if the repository does not have what is asked for (404, 405, 501)
 * @throws RegistryError naming the repository: `REGISTRY_UNAUTHORIZED`, `REGISTRY_UNREACHABLE`, `REGISTRY_TIMEOUT`,
 * `REGISTRY_ANSWER_INVALID`, and whatever `read` throws
 */
export async function askRepository<T>(
  request: RepositoryRequest,
  read: (body: Readable) => Promise<T>,
): Promise<T | undefined> {
  const signal = AbortSignal.timeout(request.timeoutMs)
  try {
    const response = await followRedirects(request, signal)
    // Its own iterator adds a listener for every chunk.
    const body = new Readable().wrap(response.body)
    // It may break before anybody reads it, while a file is being opened; reading it then throws the error.
    body.on('error', () => undefined)
    try {
      refuseFailure(request, response.status)
      return MISSING_STATUSES.has(response.status) ? undefined : await read(body)
    } finally {
      body.destroy()
      response.body.destroy()
    }
  } catch (error) {
    throw explain(request, error, signal)
  }
}

/** The whole body, as long as it stays below the bound. */
export async function readBounded(body: Readable, maxBytes: number, place: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) {
      throw new RegistryError('REGISTRY_ANSWER_INVALID', `${place} answered more than ${maxBytes} bytes.`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const MISSING_STATUSES: ReadonlySet<number> = new Set([404, 405, 410, 501])
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

async function followRedirects(request: RepositoryRequest, signal: AbortSignal): Promise<FetchResponse> {
  const { repository } = request
  let url = request.url
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const isOwnOrigin = url.origin === repository.url.origin
    const response = await fetch(url.href, {
      headers: {
        accept: request.accept,
        'user-agent': 'pinion',
        ...(isOwnOrigin && repository.authorization !== undefined
          ? { authorization: repository.authorization }
          : {}),
      },
      redirect: 'manual',
      retry: CLIENT_RETRY,
      signal,
      ...(request.cachePath === undefined
        ? { cache: 'no-store' }
        : { cache: 'no-cache', cachePath: request.cachePath }),
    })
    if (!REDIRECT_STATUSES.has(response.status)) return response
    response.body.on('error', () => undefined).destroy()
    url = redirectTarget(repository, url, response.headers.get('location'))
  }
  throw new RegistryError(
    'REGISTRY_ANSWER_INVALID',
    `The repository "${repository.name}" redirects more than ${MAX_REDIRECTS} times.`,
    { at: { repository: repository.name } },
  )
}

function redirectTarget(repository: Repository, from: URL, location: string | null): URL {
  const target = location === null ? null : URL.parse(location, from.href)
  const isHttp = target?.protocol === 'http:' || target?.protocol === 'https:'
  const isDowngrade = from.protocol === 'https:' && target?.protocol === 'http:'
  if (target !== null && isHttp && !isDowngrade) return target
  throw new RegistryError(
    'REGISTRY_ANSWER_INVALID',
    `The repository "${repository.name}" redirects ${from.origin} to an address that is not safe to follow.`,
    { at: { repository: repository.name } },
  )
}

function refuseFailure({ repository }: RepositoryRequest, status: number): void {
  const at = { repository: repository.name }
  if (status === 401 || status === 403) {
    const hint =
      repository.authorization === undefined
        ? `Give the repository "${repository.name}" a token, or a username and a password.`
        : `Check the credentials of the repository "${repository.name}": they may have expired or lack the right to read.`
    throw new RegistryError(
      'REGISTRY_UNAUTHORIZED',
      `The repository "${repository.name}" refuses access (${status}).`,
      { at, hint },
    )
  }
  if (status >= 400 && !MISSING_STATUSES.has(status)) {
    throw new RegistryError(
      'REGISTRY_UNREACHABLE',
      `The repository "${repository.name}" failed with the status ${status}.`,
      { at, hint: 'Try again later; if it lasts, look into the log of that registry.' },
    )
  }
}

function explain(request: RepositoryRequest, error: unknown, signal: AbortSignal): unknown {
  const { repository } = request
  const at = { repository: repository.name }
  if (error instanceof RegistryError) return error
  if (signal.aborted) {
    return new RegistryError(
      'REGISTRY_TIMEOUT',
      `The repository "${repository.name}" at ${repository.url.origin} did not answer within ${request.timeoutMs} ms.`,
      { at, cause: error, hint: 'Check the network, or raise the timeout.' },
    )
  }
  return new RegistryError(
    'REGISTRY_UNREACHABLE',
    `The repository "${repository.name}" at ${repository.url.origin} cannot be reached: ${messageOf(error)}.`,
    { at, cause: error, hint: 'Check its URL and the network, or disable the repository.' },
  )
}
