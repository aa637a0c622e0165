import { pipeline, Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { MAX_OPEN_FETCHES } from '../../limits.ts'
import type { HostAttempt } from '../host-attempt.ts'
import { type IsolateCall, type IsolateCallInput, integerParam, textParam } from './call.ts'
import { HostStream } from './host-stream.ts'
import { addStream } from './streams.ts'

const USER_AGENT = 'Pinion'
const ACCEPT_ENCODING = 'gzip, deflate, br, zstd'
/** Set by the client itself; a plugin that could set them could smuggle requests. */
const FORBIDDEN_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const uploads = new WeakMap<HostAttempt, Map<number, Readable>>()
const openFetches = new WeakMap<HostAttempt, number>()

export const fetchCalls = {
  /** A request body that the plugin will write piece by piece. */
  'fetch.upload': async ({ attempt }) => {
    const { stream, source } = HostStream.upload()
    const number = addStream(attempt, stream)
    const ofAttempt = uploads.get(attempt) ?? new Map<number, Readable>()
    uploads.set(attempt, ofAttempt.set(number, source))
    return { value: number }
  },
  'fetch.open': async (input) => {
    const open = openFetches.get(input.attempt) ?? 0
    if (open >= MAX_OPEN_FETCHES) {
      throw new RangeError(`The attempt has ${open} requests under way; ${MAX_OPEN_FETCHES} are allowed.`)
    }
    openFetches.set(input.attempt, open + 1)
    try {
      return { value: await openRequest(input) }
    } finally {
      openFetches.set(input.attempt, (openFetches.get(input.attempt) ?? 1) - 1)
    }
  },
} satisfies Record<string, IsolateCall>

async function openRequest({ attempt, http, params, bytes, signal }: IsolateCallInput): Promise<object> {
  const method = textParam(params, 'method')
  const headers = headersOf(params['headers'])
  const source =
    params['upload'] === undefined ? undefined : uploads.get(attempt)?.get(integerParam(params, 'upload'))
  const { response, url, isRedirected } = await http.open({
    url: textParam(params, 'url'),
    method,
    headers,
    redirect:
      params['redirect'] === 'manual' || params['redirect'] === 'error' ? params['redirect'] : 'follow',
    body: source === undefined ? bytes : Readable.from(countOut(attempt, source)),
    signal,
  })
  if (source === undefined) attempt.bytesOut += bytes?.byteLength ?? 0
  const pairs = pairsOf(response.headers)
  const hasBody = method !== 'HEAD' && ![204, 205, 304].includes(response.statusCode)
  if (!hasBody) await response.body.dump()
  response.body.on('data', (chunk: Buffer) => {
    attempt.bytesIn += chunk.byteLength
  })
  response.body.pause()
  const body = hasBody
    ? addStream(
        attempt,
        new HostStream({ readable: decoded(response.body, response.headers['content-encoding']) }),
      )
    : undefined
  return {
    status: response.statusCode,
    statusText: response.statusText,
    headers: pairs,
    url,
    redirected: isRedirected,
    ...(body === undefined ? {} : { body }),
  }
}

async function* countOut(attempt: HostAttempt, source: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    if (!Buffer.isBuffer(chunk)) continue
    attempt.bytesOut += chunk.byteLength
    yield chunk
  }
}

function headersOf(given: unknown): [string, string][] {
  const headers: [string, string][] = []
  for (const pair of Array.isArray(given) ? given : []) {
    const [name, value]: unknown[] = Array.isArray(pair) ? pair : []
    if (typeof name !== 'string' || typeof value !== 'string')
      throw new TypeError('A header is not a pair of texts.')
    if (!FORBIDDEN_HEADERS.has(name.toLowerCase())) headers.push([name.toLowerCase(), value])
  }
  const has = (name: string) => headers.some(([known]) => known === name)
  if (!has('user-agent')) headers.push(['user-agent', USER_AGENT])
  if (!has('accept')) headers.push(['accept', '*/*'])
  if (!has('accept-encoding')) headers.push(['accept-encoding', ACCEPT_ENCODING])
  return headers
}

function pairsOf(headers: Readonly<Record<string, string | string[] | undefined>>): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value ?? '']).map((text): [string, string] => [name, text]),
  )
}

/** The standard hands out decoded bodies: https://fetch.spec.whatwg.org/#handle-content-codings */
function decoded(body: Readable, encoding: string | string[] | undefined): Readable {
  const codings = String(encoding ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
  const decoders = codings.reverse().map((coding) => {
    switch (coding) {
      case 'gzip':
      case 'x-gzip':
        return createGunzip()
      case 'deflate':
        return createInflate()
      case 'br':
        return createBrotliDecompress()
      case 'zstd':
        return createZstdDecompress()
      default:
        return undefined
    }
  })
  if (decoders.some((decoder) => decoder === undefined)) return body
  let readable: Readable = body
  for (const decoder of decoders) {
    // A broken body reaches the reader as the decoder's own error.
    if (decoder !== undefined) readable = pipeline(readable, decoder, () => {})
  }
  return readable
}
