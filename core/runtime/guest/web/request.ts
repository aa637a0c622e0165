import { Body, type BodyInit, type BodySource, extractBody, NO_BODY } from './body.ts'
import { Headers, type HeadersInit } from './headers.ts'

export interface RequestInit {
  readonly method?: string
  readonly headers?: HeadersInit
  readonly body?: BodyInit
  readonly redirect?: 'follow' | 'error' | 'manual'
  readonly signal?: AbortSignal | null
  readonly keepalive?: boolean
  readonly credentials?: string
  readonly mode?: string
  readonly cache?: string
  readonly referrer?: string
  readonly integrity?: string
  readonly duplex?: 'half'
}

const UPPER_CASED = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])

/** https://fetch.spec.whatwg.org/#request-class; what only a browser has (mode, cache, credentials) is carried, not obeyed. */
export class Request extends Body {
  readonly url: string
  readonly method: string
  readonly redirect: 'follow' | 'error' | 'manual'
  readonly signal: AbortSignal
  readonly keepalive: boolean
  readonly credentials: string
  readonly mode: string
  readonly cache: string
  readonly referrer: string
  readonly integrity: string
  readonly duplex = 'half'

  constructor(input: Request | URL | string, init: RequestInit = {}) {
    const from = input instanceof Request ? input : undefined
    const url = new URL(from === undefined ? String(input) : from.url)
    if (url.username !== '' || url.password !== '')
      throw new TypeError('A request URL must not hold credentials.')
    const method = methodOf(init.method ?? from?.method ?? 'GET')
    const source = sourceOf(from, init)
    if ((method === 'GET' || method === 'HEAD') && source !== NO_BODY) {
      throw new TypeError(`A ${method} request cannot have a body.`)
    }
    super(source, new Headers(init.headers ?? from?.headers))
    this.url = url.href
    this.method = method
    this.redirect = init.redirect ?? from?.redirect ?? 'follow'
    this.signal = init.signal ?? from?.signal ?? new AbortController().signal
    this.keepalive = init.keepalive ?? from?.keepalive ?? false
    this.credentials = init.credentials ?? from?.credentials ?? 'same-origin'
    this.mode = init.mode ?? from?.mode ?? 'cors'
    this.cache = init.cache ?? from?.cache ?? 'default'
    this.referrer = init.referrer ?? from?.referrer ?? 'about:client'
    this.integrity = init.integrity ?? from?.integrity ?? ''
  }

  clone(): Request {
    const { bytes, stream } = this.teeSource()
    return new Request(this.url, { ...this.#options(), body: bytes ?? stream ?? null })
  }

  /** @internal The body, for the one who sends it. */
  static sourceOf(request: Request): BodySource {
    return request.takeSource()
  }

  get [Symbol.toStringTag](): string {
    return 'Request'
  }

  #options(): RequestInit {
    const { method, headers, redirect, signal, keepalive, credentials, mode, cache, referrer, integrity } =
      this
    return { method, headers, redirect, signal, keepalive, credentials, mode, cache, referrer, integrity }
  }
}

function sourceOf(from: Request | undefined, init: RequestInit): BodySource {
  if (init.body !== undefined && init.body !== null) return extractBody(init.body)
  return from === undefined || from.body === null ? NO_BODY : Request.sourceOf(from)
}

function methodOf(method: unknown): string {
  const text = String(method)
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text) || /^(connect|trace|track)$/i.test(text)) {
    throw new TypeError(`"${text}" is not a method that can be requested.`)
  }
  return UPPER_CASED.has(text.toUpperCase()) ? text.toUpperCase() : text
}
