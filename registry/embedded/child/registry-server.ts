import { timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { messageOf } from '../../errors.ts'
import { MAX_CONCURRENT_WRITES, PROXY_IDLE_TIMEOUT_MS, RECEIVE_TIMEOUT_MS } from '../../limits.ts'
import { type ChildOptions, INTERNAL_HEADERS } from '../protocol.ts'
import { readIdentity } from './identity-headers.ts'
import type { ChildLog } from './log.ts'
import { requireIdentity } from './permission.ts'
import { Refusal } from './refusal.ts'
import type { RegistryContext } from './registry-context.ts'
import { handleWrite } from './write-handler.ts'

export interface RegistryServerParts {
  readonly options: ChildOptions
  readonly context: RegistryContext
  readonly verdaccio: Server
  readonly log: ChildLog
  /** The sequence of the last event told to the parent. */
  readonly lastSequence: () => number
}

/** The HTTP server that the parent talks to: changes are handled here, everything that reads goes to Verdaccio. */
export function createRegistryServer(parts: RegistryServerParts): Server {
  let writes = 0
  const secret = Buffer.from(parts.options.secret)

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!hasSecret(request, secret)) throw new Refusal(403, 'NOT_THE_PARENT', 'This socket is private.')
    const identity = readIdentity(request.headers)
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (request.method === 'GET' || request.method === 'HEAD') {
      const isOpen =
        parts.options.anonymousRead || path === '/-/ping' || isOfScope(path, parts.options.publicScopes)
      if (!isOpen) requireIdentity(identity)
      request.url = localSearch(request.url ?? '/')
      parts.verdaccio.emit('request', request, response)
      return
    }
    if (writes >= MAX_CONCURRENT_WRITES) {
      throw new Refusal(429, 'TOO_MANY_WRITES', 'The registry is busy with other changes. Try again.', 1)
    }
    writes += 1
    try {
      const answer = await handleWrite(parts.context, request, path, identity)
      response.setHeader(INTERNAL_HEADERS.sequence, parts.lastSequence())
      sendJson(response, answer.status, answer.body)
    } finally {
      writes -= 1
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      // What is left of the body is read and dropped, so that the client gets to read the answer.
      request.resume()
      if (request.destroyed && !request.complete) return
      if (error instanceof Refusal) return sendRefusal(response, error)
      parts.log('error', 'A change failed.', { path: request.url ?? '', error: messageOf(error) })
      sendRefusal(
        response,
        new Refusal(500, 'REGISTRY_FAILED', 'The registry could not do this; its log says why.'),
      )
    })
  })
  server.requestTimeout = RECEIVE_TIMEOUT_MS
  server.keepAliveTimeout = PROXY_IDLE_TIMEOUT_MS
  return server
}

function hasSecret(request: IncomingMessage, secret: Buffer): boolean {
  const sent = request.headers[INTERNAL_HEADERS.secret]
  if (typeof sent !== 'string') return false
  const bytes = Buffer.from(sent)
  return bytes.length === secret.length && timingSafeEqual(bytes, secret)
}

/** A packument (`/@scope%2fname`) or a tarball (`/@scope/name/-/file.tgz`) of one of these scopes, and nothing else. */
function isOfScope(path: string, scopes: readonly string[]): boolean {
  const scope = /^\/(@[\w.~-]+)(?:\/|%2f)[a-z0-9_~-][\w.~-]*(?:\/-\/[\w.~+-]+\.tgz)?$/i.exec(path)?.[1]
  return scope !== undefined && scopes.includes(scope)
}

/** A search here never asks the uplinks: what people look for inside stays inside, and one slow uplink slows nobody. */
function localSearch(url: string): string {
  return url.startsWith('/-/v1/search') ? `${url}${url.includes('?') ? '&' : '?'}local=1` : url
}

function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (refusal.retryAfterSeconds !== undefined) response.setHeader('retry-after', refusal.retryAfterSeconds)
  if (refusal.status === 401) response.setHeader('www-authenticate', 'Bearer')
  sendJson(response, refusal.status, { error: refusal.message, code: refusal.code })
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(body))
}
