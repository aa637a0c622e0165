import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import { pipeline } from 'node:stream'
import { MAX_METADATA_BYTES, PROXY_IDLE_TIMEOUT_MS } from '../limits.ts'
import { answerError } from './answer.ts'
import type { RegistryChild } from './child-process.ts'
import type { OutsideAddress } from './outside-address.ts'
import { INTERNAL_HEADER_PREFIX, INTERNAL_HEADERS, type RegistryIdentity } from './protocol.ts'

export interface ProxiedRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Path and query as the registry's process knows them, without the mount path. */
  readonly path: string
  readonly identity: RegistryIdentity | undefined
  readonly outside: OutsideAddress
  readonly maxTarballBytes: number
  /** Resolves when the listeners have heard of the event with that sequence. */
  readonly untilTold: (sequence: number) => Promise<void>
}

/** Belong to one connection (RFC 9110, section 7.6.1), or are not for the registry's process to see. */
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'authorization',
  'cookie',
  'forwarded',
])

/**
 * Streams a request to the registry's process and its answer back; nothing is held in memory. Bodies over the bound,
 * silence in either direction and a client that went away end it.
 */
export function forward(child: RegistryChild, proxied: ProxiedRequest): void {
  const { request, response } = proxied
  const maxBodyBytes = bodyBound(proxied.maxTarballBytes)
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) return refuseLarge(proxied, maxBodyBytes)

  const upstream = httpRequest({
    agent: child.agent,
    socketPath: child.socketPath,
    method: request.method ?? 'GET',
    path: proxied.path,
    headers: requestHeaders(child, proxied),
    timeout: PROXY_IDLE_TIMEOUT_MS,
  })
  upstream.on('timeout', () => {
    answerError(response, 504, 'REGISTRY_SILENT', 'The registry did not answer in time.', 5)
    upstream.destroy()
  })
  upstream.on('error', () => {
    // Whatever else the client sends is read and dropped, up to the bound, so that it gets to read the answer.
    request.unpipe(upstream).resume()
    if (!response.headersSent && !response.destroyed) answerUnavailable(response)
    else response.destroy()
  })
  upstream.on('response', (answer) => {
    void passBack(answer, proxied)
  })
  // The client went away: what is still arriving is dropped. A change that has fully arrived is carried out.
  response.on('close', () => {
    if (!response.writableFinished) upstream.destroy()
  })
  sendBody(proxied, upstream, maxBodyBytes)
}

export function answerUnavailable(response: ServerResponse): void {
  answerError(response, 503, 'REGISTRY_RESTARTING', 'The registry is starting. Try again in a moment.', 1)
}

function sendBody(
  proxied: ProxiedRequest,
  upstream: NodeJS.WritableStream & { destroy(): unknown },
  maxBytes: number,
) {
  const { request } = proxied
  let sizeBytes = 0
  let isRefused = false
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length
    if (sizeBytes <= maxBytes || isRefused) return
    isRefused = true
    request.unpipe(upstream)
    refuseLarge(proxied, maxBytes)
    upstream.destroy()
  })
  request.on('error', () => upstream.destroy())
  request.pipe(upstream)
}

async function passBack(answer: IncomingMessage, proxied: ProxiedRequest): Promise<void> {
  const { response } = proxied
  const sequence = Number(answer.headers[INTERNAL_HEADERS.sequence] ?? 0)
  if (sequence > 0) await proxied.untilTold(sequence)
  if (response.headersSent || response.destroyed) {
    answer.destroy()
    return
  }
  response.writeHead(answer.statusCode ?? 502, responseHeaders(answer.headers))
  pipeline(answer, response, () => undefined)
}

function requestHeaders(child: RegistryChild, proxied: ProxiedRequest): OutgoingHttpHeaders {
  const { request, identity, outside } = proxied
  const headers: OutgoingHttpHeaders = {}
  for (const [name, value] of Object.entries(request.headers)) {
    const isOurs = name.startsWith(INTERNAL_HEADER_PREFIX) || name.startsWith('x-forwarded-')
    if (!isOurs && !NOT_FORWARDED.has(name)) headers[name] = value
  }
  headers['host'] = outside.host
  headers['x-forwarded-proto'] = outside.protocol
  headers['x-forwarded-for'] = request.socket.remoteAddress ?? '127.0.0.1'
  headers[INTERNAL_HEADERS.secret] = child.secret
  if (identity !== undefined) {
    headers[INTERNAL_HEADERS.user] = encodeURIComponent(identity.username)
    headers[INTERNAL_HEADERS.admin] = identity.isAdmin ? '1' : '0'
    headers[INTERNAL_HEADERS.canPublish] = identity.canPublish ? '1' : '0'
  }
  return headers
}

function responseHeaders(received: IncomingHttpHeaders): OutgoingHttpHeaders {
  const isPassedOn = ([name]: [string, unknown]): boolean =>
    !NOT_FORWARDED.has(name) && !name.startsWith(INTERNAL_HEADER_PREFIX)
  return Object.fromEntries(Object.entries(received).filter(isPassedOn))
}

/** Base64 makes four bytes of three; a little more for line breaks that nobody sends. */
function bodyBound(maxTarballBytes: number): number {
  return Math.ceil((maxTarballBytes * 4) / 3) + MAX_METADATA_BYTES
}

function refuseLarge(proxied: ProxiedRequest, maxBytes: number): void {
  const { request, response } = proxied
  if (!response.headersSent) response.setHeader('connection', 'close')
  answerError(response, 413, 'BODY_TOO_LARGE', `The request has more than ${maxBytes} bytes.`)
  // Ends the connection once the answer is out: the rest of the body is not waited for.
  response.once('finish', () => request.destroy())
}
