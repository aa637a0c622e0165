import type { Principal, Role } from '@pinion/core/identity'
import Koa, { type Context, type Next } from 'koa'
import { ServerError } from '../errors.ts'
import type { Log } from '../log/index.ts'
import type { BodyLimits } from './body-reader.ts'
import { EventStreams } from './event-stream.ts'
import { requestIdOf } from './request-id.ts'
import { respond } from './respond.ts'
import { METHODS, type Method } from './route.ts'
import type { RouteMatch, RouteTable } from './route-table.ts'
import { RequestScratch } from './scratch.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { answerError } from './status.ts'

/** A part of the path that somebody else answers by himself, such as the registry. */
export interface Mount {
  /** Such as `/registry`; without a trailing slash. */
  readonly prefix: string
  handle(ctx: Context): Promise<void>
}

export interface HttpAppOptions {
  readonly routes: RouteTable
  readonly mounts: readonly Mount[]
  /** @throws ServerError if the route's role is not met */
  authenticate(ctx: Context, role: Role | 'open'): Promise<Principal>
  isReady(): boolean
  readonly limits: BodyLimits
  /** Folder for files of requests; each request has one below it, until it ends. */
  readonly scratchDir: string
  baseUrl(): string
  /** Aborts when the server stops: streams end. */
  readonly closing: AbortSignal
  readonly log: Log
}

/** The Koa application: what every request has in common, and the routes. */
export function createHttpApp(options: HttpAppOptions): Koa {
  const app = new Koa()
  const streams = new EventStreams()
  app.silent = true
  app.on('error', (error: unknown, ctx?: Context) => {
    // A client that went away in the middle of an answer is no news.
    if (!isDisconnect(error)) options.log.warn('A response broke off.', { error, path: ctx?.path })
  })
  app.use((ctx, next) => withErrors(ctx, next, options))
  app.use((ctx, next) => serveHealth(ctx, next, options))
  app.use((ctx, next) => serveMounts(ctx, next, options.mounts))
  app.use((ctx) => serveRoute(ctx, options, streams))
  return app
}

async function withErrors(ctx: Context, next: Next, { log, closing }: HttpAppOptions): Promise<void> {
  const requestId = requestIdOf(ctx.req)
  const startedAtMs = performance.now()
  ctx.state['requestId'] = requestId
  ctx.set(SECURITY_HEADERS)
  ctx.set('X-Request-Id', requestId)
  if (closing.aborted) ctx.set('Connection', 'close')
  try {
    await next()
  } catch (error) {
    const answer = answerError(error, requestId)
    if (answer.status >= 500)
      log.error('A request failed.', { requestId, method: ctx.method, path: ctx.path, error })
    if (ctx.headerSent) {
      ctx.res.destroy()
      return
    }
    ctx.status = answer.status
    ctx.set({ ...answer.headers })
    // What is left of the body was not read: the connection cannot be used again.
    if (!ctx.req.complete && ctx.req.headers['content-length'] !== '0') ctx.set('Connection', 'close')
    ctx.type = 'application/json; charset=utf-8'
    ctx.body = JSON.stringify(answer.body)
  } finally {
    log.debug('A request was answered.', {
      requestId,
      method: ctx.method,
      path: ctx.path,
      status: ctx.status,
      durationMs: Math.round(performance.now() - startedAtMs),
    })
  }
}

async function serveHealth(ctx: Context, next: Next, { isReady }: HttpAppOptions): Promise<void> {
  if (ctx.path !== '/health') return next()
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') throw methodNotAllowed(ctx, ['GET'])
  const isUp = isReady()
  ctx.status = isUp ? 200 : 503
  ctx.set('Cache-Control', 'no-store')
  ctx.body = { status: isUp ? 'UP' : 'DOWN' }
}

async function serveMounts(ctx: Context, next: Next, mounts: readonly Mount[]): Promise<void> {
  const mount = mounts.find(({ prefix }) => ctx.path === prefix || ctx.path.startsWith(`${prefix}/`))
  return mount ? mount.handle(ctx) : next()
}

async function serveRoute(ctx: Context, options: HttpAppOptions, streams: EventStreams): Promise<void> {
  const match = findRoute(ctx, options.routes)
  if (match === undefined) return
  const { route, params } = match
  const principal = await options.authenticate(ctx, route.role)
  const tenant = params['tenant'] ?? principal.tenant
  if (tenant !== principal.tenant) {
    throw new ServerError('TENANT_NOT_FOUND', `There is no tenant "${tenant}".`, {
      hint: 'The tenant is "main".',
    })
  }
  const gone = new AbortController()
  ctx.res.once('close', () => gone.abort(new Error('The client went away.')))
  await using scratch = new RequestScratch(options.scratchDir)
  const answer = await route.run({
    search: new URLSearchParams(ctx.querystring),
    incoming: { request: ctx.req, limits: options.limits, scratchDir: () => scratch.open() },
    param: (name) => paramOf(params, name),
    tenant,
    principal,
    signal: AbortSignal.any([gone.signal, options.closing]),
    baseUrl: options.baseUrl(),
    log: options.log.child({ requestId: ctx.state['requestId'], user: principal.username }),
  })
  respond(ctx, answer, streams)
}

/** @returns undefined when the request is answered already: OPTIONS. */
function findRoute(ctx: Context, routes: RouteTable): RouteMatch | undefined {
  const method = METHODS.find((each) => each === (ctx.method === 'HEAD' ? 'GET' : ctx.method))
  const found = routes.find(method ?? 'GET', ctx.path)
  if (found.is === 'nothing') {
    throw new ServerError('HTTP_ROUTE_NOT_FOUND', `There is nothing at ${ctx.path}.`, {
      hint: 'GET /api/v1/openapi.json lists what there is.',
    })
  }
  if (ctx.method === 'OPTIONS') {
    ctx.status = 204
    ctx.set('Allow', allowHeader(routes.methodsOf(ctx.path)))
    return undefined
  }
  if (method === undefined || found.is === 'otherMethods')
    throw methodNotAllowed(ctx, routes.methodsOf(ctx.path))
  return found.match
}

function methodNotAllowed(ctx: Context, allowed: readonly Method[]): ServerError {
  ctx.set('Allow', allowHeader(allowed))
  return new ServerError('HTTP_METHOD_NOT_ALLOWED', `${ctx.method} is not possible at ${ctx.path}.`, {
    hint: `Possible: ${allowHeader(allowed)}.`,
  })
}

function allowHeader(methods: readonly Method[]): string {
  return [...(methods.includes('GET') ? ['HEAD'] : []), ...methods, 'OPTIONS'].sort().join(', ')
}

function paramOf(params: Readonly<Record<string, string>>, name: string): string {
  const value = params[name]
  if (value === undefined) throw new Error(`The route has no parameter "${name}".`)
  return value
}

function isDisconnect(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}
