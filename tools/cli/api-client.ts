import { CliError } from './cli-error.ts'
import { EXIT } from './exit-codes.ts'

export interface ApiOptions {
  /** Such as `http://localhost:8080`. */
  readonly url: string
  readonly tenant: string
  /** `Basic …` or `Bearer …`; absent for a server that is open. */
  readonly authorization?: string
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Readonly<Record<string, string | number | boolean | undefined | readonly string[]>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly body?: { readonly type: string; readonly data: string | Uint8Array<ArrayBuffer> }
  readonly form?: FormData
  readonly signal?: AbortSignal
}

interface Fault {
  readonly message?: string
  readonly hint?: string
  readonly problems?: readonly {
    readonly message?: string
    readonly severity?: string
    readonly path?: string
    readonly line?: number
    readonly column?: number
  }[]
}

/** Speaks to a server's REST interface. Every fault becomes a {@link CliError} with what the server said to do. */
export class ApiClient {
  readonly #options: ApiOptions

  constructor(options: ApiOptions) {
    this.#options = options
  }

  get url(): string {
    return this.#options.url
  }

  get authorization(): string | undefined {
    return this.#options.authorization
  }

  /** @param path - below `/api/v1/{tenant}` with `tenant:`, otherwise below `/api/v1` */
  async call<T>(path: string, request: ApiRequest = {}): Promise<T> {
    const response = await this.send(path, request)
    const text = await response.text()
    return (text === '' ? undefined : JSON.parse(text)) as T
  }

  async send(path: string, request: ApiRequest = {}): Promise<Response> {
    const target = this.#target(path, request.query ?? {})
    const headers: Record<string, string> = { accept: 'application/json' }
    if (this.#options.authorization !== undefined) headers['authorization'] = this.#options.authorization
    if (request.json !== undefined) headers['content-type'] = 'application/json'
    if (request.body) headers['content-type'] = request.body.type
    const body =
      request.json === undefined ? (request.body?.data ?? request.form) : JSON.stringify(request.json)
    let response: Response
    try {
      response = await fetch(target, {
        method: request.method ?? 'GET',
        headers,
        ...(body === undefined ? {} : { body }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      })
    } catch (error) {
      if (request.signal?.aborted) throw error
      throw new CliError(`No server answers at ${this.#options.url}.`, {
        exitCode: EXIT.unreachable,
        hint: 'Start one with `npm start` or `pinion server standalone`, or name it with --url or PINION_URL.',
        cause: error,
      })
    }
    if (!response.ok) throw await faultOf(response, target)
    return response
  }

  #target(path: string, query: NonNullable<ApiRequest['query']>): URL {
    const below = path.startsWith('tenant:')
      ? `${encodeURIComponent(this.#options.tenant)}/${path.slice('tenant:'.length)}`
      : path
    const target = new URL(`/api/v1/${below}`, this.#options.url)
    for (const [name, value] of Object.entries(query)) {
      for (const item of Array.isArray(value) ? value : [value]) {
        if (item !== undefined) target.searchParams.append(name, String(item))
      }
    }
    return target
  }
}

async function faultOf(response: Response, target: URL): Promise<CliError> {
  const text = await response.text()
  let fault: Fault = {}
  try {
    fault = JSON.parse(text)
  } catch {
    fault = { message: text.slice(0, 500) }
  }
  const details = (fault.problems ?? []).map(({ severity, message, path, line, column }) => {
    const place =
      line === undefined ? (path ?? '') : `${line}:${column ?? 1}${path === undefined ? '' : ` ${path}`}`
    const told = `${severity === 'warning' ? 'warning: ' : ''}${message ?? ''}`
    return place === '' ? told : `${place}  ${told}`
  })
  const isRefused = response.status === 401 || response.status === 403
  const hint =
    fault.hint ??
    (response.status === 401
      ? 'Sign in with --user NAME:PASSWORD or --token TOKEN (or PINION_USER, PINION_TOKEN).'
      : undefined)
  return new CliError(fault.message || `${target.pathname} answered ${response.status}.`, {
    exitCode: isRefused ? EXIT.refused : EXIT.failed,
    details,
    ...(hint === undefined ? {} : { hint }),
  })
}
