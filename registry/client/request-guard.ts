import type { ClientRequest, IncomingMessage } from 'node:http'
import { type AgentLike, getAgent } from '@npmcli/agent'
import { RegistryError } from '../errors.ts'
import { MAX_FAILURE_BYTES, MAX_REDIRECTS } from '../limits.ts'
import type { Repository } from './repository.ts'

export interface AnswerHead {
  readonly status: number
  readonly etag: string | undefined
}

export interface GuardedRequest {
  readonly repository: Repository
  /** Of a good answer. */
  readonly maxBytes: number
  /** What a larger one is refused with. */
  readonly tooLarge: () => RegistryError
}

/**
 * Stands between npm's client and the network for one question to a repository, and sees each of its requests: every
 * hop of a redirect, every retry. npm's client bounds no answer, unpacks compressed ones to any size, and keeps
 * credentials when a redirect changes only the port or the protocol. So it never gets to know the credentials: they are
 * added here, for the repository's own origin. Answers must come as they are, so that the bytes counted here are those
 * that are kept in memory there.
 */
export class RequestGuard {
  readonly #request: GuardedRequest
  readonly #refuse: (error: RegistryError) => void
  #redirects = 0
  #answer: AnswerHead | undefined

  /** `refuse` must end all that is still going on. */
  constructor(request: GuardedRequest, refuse: (error: RegistryError) => void) {
    this.#request = request
    this.#refuse = refuse
  }

  /** The head of the last answer. */
  get answer(): AnswerHead | undefined {
    return this.#answer
  }

  /** What npm's client sends its next request with. */
  agentFor(url: URL): AgentLike {
    return {
      // Node takes these from the agent: what a URL without a port means, and that a connection may be used again.
      protocol: url.protocol,
      defaultPort: url.protocol === 'https:' ? 443 : 80,
      keepAlive: true,
      addRequest: (request: ClientRequest, options: object) => {
        this.#authorize(url, request)
        request.once('response', (response: IncomingMessage) => this.#check(url, response))
        getAgent(url.href).addRequest(request, options)
      },
    }
  }

  #authorize(url: URL, request: ClientRequest): void {
    const { url: own, authorization } = this.#request.repository
    if (authorization !== undefined && url.origin === own.origin) {
      request.setHeader('authorization', authorization)
    }
  }

  #check(url: URL, response: IncomingMessage): void {
    const status = response.statusCode ?? 0
    this.#answer = { status, etag: response.headers.etag }
    if (REDIRECT_STATUSES.has(status)) this.#checkRedirect(url, response.headers.location)
    const encoding = response.headers['content-encoding'] ?? 'identity'
    if (encoding !== 'identity') {
      this.#refuseAnswer(
        `answers with the content encoding ${JSON.stringify(encoding)}, but was asked for none`,
      )
    }
    if (status !== NOT_MODIFIED) this.#checkSize(response, status < 300)
  }

  #checkRedirect(from: URL, location: string | undefined): void {
    this.#redirects += 1
    if (this.#redirects > MAX_REDIRECTS) this.#refuseAnswer(`redirects more than ${MAX_REDIRECTS} times`)
    const to = location === undefined ? null : URL.parse(location, from.href)
    const isHttp = to?.protocol === 'http:' || to?.protocol === 'https:'
    const isDowngrade = from.protocol === 'https:' && to?.protocol === 'http:'
    if (!isHttp || isDowngrade) {
      this.#refuseAnswer(`redirects ${from.origin} to an address that is not safe to follow`)
    }
  }

  #checkSize(response: IncomingMessage, isGood: boolean): void {
    const maxBytes = isGood ? this.#request.maxBytes : MAX_FAILURE_BYTES
    const refuse = (): void => {
      if (isGood) this.#refuse(this.#request.tooLarge())
      else this.#refuseAnswer(`says with more than ${maxBytes} bytes why it does not answer`)
    }
    if (Number(response.headers['content-length']) > maxBytes) return refuse()
    let sizeBytes = 0
    response.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length
      if (sizeBytes > maxBytes) refuse()
    })
  }

  #refuseAnswer(what: string): void {
    const { name } = this.#request.repository
    this.#refuse(
      new RegistryError('REGISTRY_ANSWER_INVALID', `The repository "${name}" ${what}.`, {
        at: { repository: name },
      }),
    )
  }
}

/** Has no body, and states the length of another answer. */
export const NOT_MODIFIED = 304
const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
