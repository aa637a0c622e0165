import { Body, type BodyInit, extractBody } from './body.ts'
import { Headers, type HeadersInit } from './headers.ts'

export interface ResponseInit {
  readonly status?: number
  readonly statusText?: string
  readonly headers?: HeadersInit
}

interface Provenance {
  readonly url: string
  readonly redirected: boolean
  readonly type: string
}

const NULL_BODY_STATUSES = new Set([101, 103, 204, 205, 304])
const MADE_HERE: Provenance = { url: '', redirected: false, type: 'default' }
const provenances = new WeakMap<Response, Provenance>()

/** For `fetch`: says where a response came from. */
export function mark(response: Response, provenance: Provenance): Response {
  provenances.set(response, provenance)
  return response
}

/** https://fetch.spec.whatwg.org/#response-class */
export class Response extends Body {
  readonly status: number
  readonly statusText: string

  constructor(body?: BodyInit, init: ResponseInit = {}) {
    const status = init.status ?? 200
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(`The status must be from 200 to 599; it is ${String(init.status)}.`)
    }
    if (body !== undefined && body !== null && NULL_BODY_STATUSES.has(status)) {
      throw new TypeError(`A response with the status ${status} cannot have a body.`)
    }
    super(extractBody(body), new Headers(init.headers))
    this.status = status
    this.statusText = init.statusText ?? ''
  }

  static json(data: unknown, init: ResponseInit = {}): Response {
    const headers = new Headers(init.headers)
    if (!headers.has('content-type')) headers.set('content-type', 'application/json')
    const json = JSON.stringify(data)
    if (json === undefined) throw new TypeError('The value is not JSON.')
    return new Response(json, { ...init, headers })
  }

  static redirect(url: string | URL, status = 302): Response {
    if (![301, 302, 303, 307, 308].includes(status))
      throw new RangeError(`${status} is not a redirect status.`)
    return new Response(null, { status, headers: { location: new URL(String(url)).href } })
  }

  static error(): Response {
    return mark(new Response(null), { url: '', redirected: false, type: 'error' })
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  get url(): string {
    return (provenances.get(this) ?? MADE_HERE).url
  }

  get redirected(): boolean {
    return (provenances.get(this) ?? MADE_HERE).redirected
  }

  get type(): string {
    return (provenances.get(this) ?? MADE_HERE).type
  }

  clone(): Response {
    const { bytes, stream } = this.teeSource()
    const { status, statusText, headers } = this
    return mark(
      new Response(bytes ?? stream ?? null, { status, statusText, headers }),
      provenances.get(this) ?? MADE_HERE,
    )
  }

  get [Symbol.toStringTag](): string {
    return 'Response'
  }
}
