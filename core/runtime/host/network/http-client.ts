import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import type { NetworkPermission } from '@pinion/plugin-sdk/manifest'
import { Agent, buildConnector, type Dispatcher, request } from 'undici'
import { RuntimeError } from '../../errors.ts'
import { isOrdinaryAddress, isPublicAddress } from './addresses.ts'
import { findGrant, type Grant, unbracket } from './grants.ts'

const MAX_REDIRECTS = 20
const CONNECTIONS_PER_ORIGIN = 64
const CONNECT_TIMEOUT_MS = 10_000
/** Headers that belong to the origin they were meant for: https://fetch.spec.whatwg.org/#http-redirect-fetch, step 13. */
const ORIGIN_BOUND = new Set(['authorization', 'cookie', 'host', 'proxy-authorization'])
const BODY_HEADERS = new Set([
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
  'content-length',
])

export interface HttpRequest {
  readonly url: string
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
  readonly redirect: 'follow' | 'error' | 'manual'
  /** A body that can be sent again after a redirect, or one that cannot. */
  readonly body: Uint8Array | Readable | undefined
  readonly signal: AbortSignal
}

export interface HttpAnswer {
  readonly response: Dispatcher.ResponseData
  readonly url: string
  readonly isRedirected: boolean
}

/**
 * Makes a plugin's HTTP requests and nothing else: every hop is checked against the permissions, and the address that
 * was checked is the one that is connected to. No cookies, no cache, no proxy from the environment. Connections are
 * never shared with another plugin.
 */
export class HttpClient {
  readonly #permissions: readonly NetworkPermission[]
  readonly #plugin: string
  readonly #agent: Agent

  /** @param plugin - `package@version`, for messages */
  constructor(permissions: readonly NetworkPermission[], plugin: string) {
    this.#permissions = permissions
    this.#plugin = plugin
    const connectors = {
      any: buildConnector({ timeout: CONNECT_TIMEOUT_MS }),
      private: buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: this.#lookUpIf(isOrdinaryAddress) }),
      public: buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: this.#lookUpIf(isPublicAddress) }),
    }
    this.#agent = new Agent({
      connections: CONNECTIONS_PER_ORIGIN,
      pipelining: 1,
      connect: (options, callback) => {
        const port = options.port === '' ? (options.protocol === 'https:' ? 443 : 80) : Number(options.port)
        const reach = findGrant(permissions, options.hostname, port)?.reach ?? 'public'
        return connectors[reach](options, callback)
      },
    })
  }

  /** @throws RuntimeError `PLUGIN_PERMISSION_DENIED`; otherwise the network's error */
  async open(initial: HttpRequest): Promise<HttpAnswer> {
    let current = initial
    for (let redirects = 0; ; redirects++) {
      const url = new URL(current.url)
      this.#check(url)
      const response = await request(url, {
        dispatcher: this.#agent,
        method: current.method as Dispatcher.HttpMethod,
        headers: current.headers.flat(),
        body: current.body ?? null,
        signal: current.signal,
      })
      const next = current.redirect === 'manual' ? undefined : nextHop(current, url, response)
      if (next === undefined) return { response, url: url.href, isRedirected: redirects > 0 }
      await response.body.dump()
      if (current.redirect === 'error')
        throw new TypeError(`${url.href} redirects, which the request forbids.`)
      if (redirects === MAX_REDIRECTS)
        throw new TypeError(`More than ${MAX_REDIRECTS} redirects from ${initial.url}.`)
      current = next
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  #check(url: URL): void {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new TypeError(`Only http: and https: can be fetched, not ${url.protocol}`)
    }
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
    const grant = findGrant(this.#permissions, url.hostname, port)
    const target = `${url.hostname}:${port}`
    if (grant === undefined)
      throw this.#denied(target, `network: ${target} is not granted to ${this.#plugin}.`)
    // A literal address is never looked up, so it is checked here.
    const literal = unbracket(url.hostname)
    if (isIP(literal) !== 0 && !isWithin(grant, literal)) throw this.#private(target, literal)
  }

  /** `net` connects to one of the addresses that are passed on, and looks nothing up again. */
  #lookUpIf(isAllowed: (address: string) => boolean): LookupFunction {
    return (hostname, options, callback) => {
      dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error !== null) {
          callback(error, [], 0)
          return
        }
        const allowed = addresses.filter(({ address }) => isAllowed(address))
        const [first] = allowed
        if (first === undefined) callback(this.#private(hostname, describe(addresses)), [], 0)
        else if (options.all) callback(null, allowed)
        else callback(null, first.address, first.family)
      })
    }
  }

  #denied(target: string, message: string): RuntimeError {
    return new RuntimeError('PLUGIN_PERMISSION_DENIED', message, {
      hint: `Grant the network permission for ${target}, if the plugin should reach it.`,
    })
  }

  #private(target: string, addresses: string): RuntimeError {
    return this.#denied(
      target,
      `network: ${target} is not granted to ${this.#plugin}: ${addresses} is not a public address, and such a host must be granted by its own name.`,
    )
  }
}

function isWithin({ reach }: Grant, address: string): boolean {
  switch (reach) {
    case 'any':
      return true
    case 'private':
      return isOrdinaryAddress(address)
    case 'public':
      return isPublicAddress(address)
    default:
      return reach satisfies never
  }
}

function nextHop(from: HttpRequest, url: URL, response: Dispatcher.ResponseData): HttpRequest | undefined {
  const { statusCode: status } = response
  const location = response.headers['location']
  if (![301, 302, 303, 307, 308].includes(status) || typeof location !== 'string') return undefined
  const target = new URL(location, url)
  if (target.hash === '') target.hash = url.hash
  const becomesGet =
    (status === 303 && from.method !== 'GET' && from.method !== 'HEAD') ||
    ((status === 301 || status === 302) && from.method === 'POST')
  if (!becomesGet && from.body !== undefined && !(from.body instanceof Uint8Array)) {
    throw new TypeError(`${url.href} redirects (${status}), and a streamed body cannot be sent again.`)
  }
  const staysHome = target.origin === url.origin
  const headers = from.headers.filter(
    ([name]) => (staysHome || !ORIGIN_BOUND.has(name)) && !(becomesGet && BODY_HEADERS.has(name)),
  )
  return {
    ...from,
    url: target.href,
    headers,
    method: becomesGet ? 'GET' : from.method,
    body: becomesGet ? undefined : from.body,
  }
}

function describe(addresses: readonly LookupAddress[]): string {
  return addresses.map(({ address }) => address).join(', ')
}
