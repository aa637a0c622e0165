import { type TaskContext, TaskError } from '@pinion/plugin-sdk'
import { durationMs } from '../duration/duration.ts'
import { MAX_SHOWN_BODY_BYTES } from './limits.ts'
import type { Properties } from './Request.gen.ts'
import { requestBody } from './request-body.ts'
import { readWithin, type WatchedResponse, watchResponse } from './watch-response.ts'

type Auth = NonNullable<Properties['auth']>
/** Its defaults are there only if the flow gives any options at all. */
type Options = Partial<NonNullable<Properties['options']>>

/** What both HTTP tasks have in common. */
export type ExchangeProperties = Pick<
  Properties,
  'uri' | 'method' | 'params' | 'headers' | 'body' | 'formData' | 'contentType' | 'auth' | 'options'
>

const DEFAULT_READ_IDLE_TIMEOUT = 'PT5M'
const FIRST_FAILED_CODE = 400

/**
 * Sends a request and gives the answer once its headers are there.
 *
 * @throws TaskError if nobody answers in time, or the answer's code is neither below 400 nor allowed
 */
export async function exchange(
  properties: ExchangeProperties,
  context: TaskContext,
): Promise<WatchedResponse> {
  const options: Options = properties.options ?? {}
  const url = requestUrl(properties)
  const method = properties.method.toUpperCase()
  const body = await requestBody(properties, context.storage)
  const headers = requestHeaders(properties, body?.contentType)
  context.log.debug(`${method} ${url.origin}${url.pathname}`)
  const answer = await watchResponse(
    url,
    {
      method,
      headers,
      redirect: options.followRedirects === false ? 'manual' : 'follow',
      ...(body === undefined ? {} : { body: body.content }),
    },
    {
      signal: context.signal,
      ...(options.timeout?.connectTimeout === undefined
        ? {}
        : { answerMs: durationMs(options.timeout.connectTimeout) }),
      idleMs: durationMs(options.timeout?.readIdleTimeout ?? DEFAULT_READ_IDLE_TIMEOUT),
    },
  )
  await refuseFailed(answer, options, url)
  return answer
}

/** Response headers by lower-case name, each a list. */
export function headerLists(headers: Headers): Record<string, string[]> {
  const lists: Record<string, string[]> = {}
  headers.forEach((value, name) => {
    lists[name] = name === 'set-cookie' ? headers.getSetCookie() : [value]
  })
  return lists
}

function requestUrl({ uri, params = {} }: ExchangeProperties): URL {
  let url: URL
  try {
    url = new URL(uri.trim())
  } catch {
    throw new TaskError(`"${uri}" is not an address: it must start with http:// or https://.`, {
      retryable: false,
    })
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TaskError(`"${uri}" is not an HTTP address: it must start with http:// or https://.`, {
      retryable: false,
    })
  }
  for (const [name, value] of Object.entries(params)) {
    for (const item of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(item))
  }
  return url
}

function requestHeaders(properties: ExchangeProperties, contentType: string | undefined): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(properties.headers ?? {})) headers.set(name, String(value))
  if (contentType !== undefined && !headers.has('content-type')) headers.set('content-type', contentType)
  const authorization = authorizationOf(properties)
  if (authorization !== undefined && !headers.has('authorization'))
    headers.set('authorization', authorization)
  return headers
}

function authorizationOf({ auth, options: given }: ExchangeProperties): string | undefined {
  const options: Options = given ?? {}
  const chosen: Auth | undefined = options.auth ?? auth
  if (chosen?.type === 'BEARER') return `Bearer ${chosen.token}`
  if (chosen?.type === 'BASIC') return basic(chosen.username ?? '', chosen.password ?? '')
  if (options.basicAuthUser === undefined && options.basicAuthPassword === undefined) return undefined
  return basic(options.basicAuthUser ?? '', options.basicAuthPassword ?? '')
}

function basic(username: string, password: string): string {
  const bytes = new TextEncoder().encode(`${username}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

async function refuseFailed(answer: WatchedResponse, options: Options, url: URL): Promise<void> {
  const { status } = answer.response
  if (status < FIRST_FAILED_CODE || options.allowFailed || options.allowedResponseCodes?.includes(status))
    return
  const { bytes, isWhole } = await readWithin(answer, MAX_SHOWN_BODY_BYTES)
  const text = new TextDecoder().decode(bytes).trim()
  const shown = text === '' ? 'an empty body' : `the body: ${text}${isWhole ? '' : '…'}`
  throw new TaskError(`${url.origin}${url.pathname} answered ${status} with ${shown}`)
}
