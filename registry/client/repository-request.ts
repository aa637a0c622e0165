import type { NpmFetchOptions } from 'npm-registry-fetch'
import { messageOf, RegistryError } from '../errors.ts'
import { CLIENT_RETRY } from '../limits.ts'
import { type AnswerHead, type GuardedRequest, RequestGuard } from './request-guard.ts'

export interface RepositoryRequest extends GuardedRequest {
  readonly timeoutMs: number
}

/**
 * Lets `ask` put one question to a repository through npm's client, with the options it is given. `head` is that of the
 * last answer so far.
 *
 * @returns undefined if the repository does not have what is asked for (404, 405, 410, 501)
 * @throws RegistryError naming the repository: `REGISTRY_UNAUTHORIZED`, `REGISTRY_UNREACHABLE`, `REGISTRY_TIMEOUT`,
 * `REGISTRY_ANSWER_INVALID`, what `tooLarge` gives, and whatever RegistryError `ask` throws
 */
export async function askRepository<T>(
  request: RepositoryRequest,
  ask: (options: NpmFetchOptions, head: () => AnswerHead | undefined) => Promise<T>,
): Promise<T | undefined> {
  const { repository, timeoutMs } = request
  const end = new AbortController()
  const guard = new RequestGuard(request, (error) => end.abort(error))
  const timer = setTimeout(() => end.abort(timedOut(request)), timeoutMs)
  try {
    const options: NpmFetchOptions = {
      registry: repository.url.href,
      agent: (url) => guard.agentFor(url),
      signal: end.signal,
      headers: { 'accept-encoding': 'identity' },
      userAgent: 'pinion',
      timeout: timeoutMs,
      retry: CLIENT_RETRY,
      preferOnline: true,
    }
    return await ask(options, () => guard.answer)
  } catch (error) {
    // What ended the question says more than how npm's client took it.
    const reason: unknown = end.signal.aborted ? end.signal.reason : error
    if (reason instanceof RegistryError) throw reason
    const status = statusOf(reason)
    if (status === undefined) throw explain(request, reason)
    if (MISSING_STATUSES.has(status)) return undefined
    throw failure(request, status)
  } finally {
    clearTimeout(timer)
    // Whatever is still coming in is not wanted any more.
    end.abort()
  }
}

const MISSING_STATUSES: ReadonlySet<number> = new Set([404, 405, 410, 501])

/** Of an answer that npm's client made an error of. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined
  return typeof error.statusCode === 'number' ? error.statusCode : undefined
}

function failure({ repository }: RepositoryRequest, status: number): RegistryError {
  const at = { repository: repository.name }
  if (status === 401 || status === 403) {
    const hint =
      repository.authorization === undefined
        ? `Give the repository "${repository.name}" a token, or a username and a password.`
        : `Check the credentials of the repository "${repository.name}": they may have expired or lack the right to read.`
    return new RegistryError(
      'REGISTRY_UNAUTHORIZED',
      `The repository "${repository.name}" refuses access (${status}).`,
      { at, hint },
    )
  }
  return new RegistryError(
    'REGISTRY_UNREACHABLE',
    `The repository "${repository.name}" failed with the status ${status}.`,
    { at, hint: 'Try again later; if it lasts, look into the log of that registry.' },
  )
}

function timedOut({ repository, timeoutMs }: RepositoryRequest): RegistryError {
  return new RegistryError(
    'REGISTRY_TIMEOUT',
    `The repository "${repository.name}" at ${repository.url.origin} did not answer within ${timeoutMs} ms.`,
    { at: { repository: repository.name }, hint: 'Check the network, or raise the timeout.' },
  )
}

function explain({ repository }: RepositoryRequest, error: unknown): RegistryError {
  const at = { repository: repository.name }
  if (isUnreadable(error)) {
    return new RegistryError(
      'REGISTRY_ANSWER_INVALID',
      `The repository "${repository.name}" answered with something that cannot be read: ${messageOf(error)}.`,
      { at, cause: error, hint: 'Check that its URL is the base of an npm registry.' },
    )
  }
  return new RegistryError(
    'REGISTRY_UNREACHABLE',
    `The repository "${repository.name}" at ${repository.url.origin} cannot be reached: ${messageOf(error)}.`,
    { at, cause: error, hint: 'Check its URL and the network, or disable the repository.' },
  )
}

/** npm's client takes no look at what a packument is before it uses it, so it may stumble. */
function isUnreadable(error: unknown): boolean {
  return (
    error instanceof TypeError || (error instanceof Error && 'type' in error && error.type === 'invalid-json')
  )
}
