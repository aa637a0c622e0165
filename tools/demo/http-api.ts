export interface HttpRequest {
  readonly json?: unknown
  readonly yaml?: string
  readonly form?: FormData
  readonly token?: string
  readonly signal?: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  /** Parsed if it is JSON, else the text. */
  readonly body: unknown
}

/** A server's REST interface by plain fetch, as a program of anybody's would use it. Paths begin with `/`. */
export class HttpApi {
  readonly #url: string
  readonly #basic: string

  /** @param user - `name:password` */
  constructor(url: string, user: string) {
    this.#url = url
    this.#basic = `Basic ${Buffer.from(user).toString('base64')}`
  }

  async request(method: string, path: string, request: HttpRequest = {}): Promise<HttpAnswer> {
    const response = await this.send(method, path, request)
    const text = await response.text()
    const isJson = (response.headers.get('content-type') ?? '').includes('json')
    return { status: response.status, body: isJson && text !== '' ? JSON.parse(text) : text }
  }

  /** As {@link request}. @throws Error unless the answer is a success */
  async expect(method: string, path: string, request: HttpRequest = {}): Promise<unknown> {
    const { status, body } = await this.request(method, path, request)
    if (status >= 200 && status < 300) return body
    throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(body)}`)
  }

  get(path: string): Promise<unknown> {
    return this.expect('GET', path)
  }

  send(
    method: string,
    path: string,
    { json, yaml, form, token, signal }: HttpRequest = {},
  ): Promise<Response> {
    const headers: Record<string, string> = {
      authorization: token === undefined ? this.#basic : `Bearer ${token}`,
    }
    if (json !== undefined) headers['content-type'] = 'application/json'
    if (yaml !== undefined) headers['content-type'] = 'application/x-yaml'
    const body = json === undefined ? (yaml ?? form) : JSON.stringify(json)
    return fetch(new URL(path, this.#url), {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    })
  }
}
