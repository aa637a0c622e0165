import type { Principal, Role } from '@pinion/core/identity'
import type { Static, TObject, TSchema } from 'typebox'
import type { Log } from '../log/index.ts'
import type { Answer } from './answer.ts'
import type { BodyReader, IncomingBody } from './body-reader.ts'
import { queryReader } from './query.ts'

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof METHODS)[number]

/** Names in braces of a path template: `/flows/{namespace}/{id}` gives `namespace | id`. */
export type PathParam<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathParam<Rest>
  : never

/** All that a handler may know of its request. */
export interface RouteRequest<Param extends string, Query, Body> {
  /** A part of the path, decoded. */
  param(name: Param): string
  readonly query: Query
  readonly body: Body
  readonly tenant: string
  /** Who asks; on a route open to everybody an anonymous viewer. */
  readonly principal: Principal
  /** Aborts when the client goes away or the server stops waiting. */
  readonly signal: AbortSignal
  /** Public address of this server, without a trailing slash. */
  readonly baseUrl: string
  readonly log: Log
}

export interface RouteDefinition<Path extends string, Query extends TObject, Body> {
  readonly method: Method
  /** Such as `/api/v1/{tenant}/flows/{namespace}/{id}`; with `{tenant}` it is served without it too, as `main`. */
  readonly path: Path
  /** Groups operations in the OpenAPI document. */
  readonly tag: string
  /** Unique; the published client's name for it where there is one. */
  readonly operationId: string
  readonly summary: string
  /** The least role that may call it; `open` needs no login. */
  readonly role: Role | 'open'
  readonly query: Query
  readonly body: BodyReader<Body>
  /** Schema of the successful answer. */
  readonly answer?: TSchema
  handle(request: RouteRequest<PathParam<Path>, Static<Query>, Body>): Answer | Promise<Answer>
}

/** A request of which only the path is understood. */
export interface RawRequest extends Omit<RouteRequest<string, unknown, unknown>, 'query' | 'body'> {
  readonly search: URLSearchParams
  readonly incoming: IncomingBody
}

/** What the route table holds: a definition whose types are checked at run time. */
export interface Route
  extends Pick<
    RouteDefinition<string, TObject, unknown>,
    'method' | 'path' | 'tag' | 'operationId' | 'summary' | 'role' | 'query' | 'answer'
  > {
  readonly body: Omit<BodyReader<unknown>, 'read'>
  /** @throws ServerError `HTTP_REQUEST_INVALID`, `HTTP_BODY_INVALID` and whatever the handler throws */
  run(request: RawRequest): Promise<Answer>
}

/** Declares a route as data. Query and body are checked against their schemas before the handler sees them. */
export function defineRoute<const Path extends string, Query extends TObject, Body>(
  definition: RouteDefinition<Path, Query, Body>,
): Route {
  const readQuery = queryReader(definition.query)
  return {
    ...definition,
    run: async ({ search, incoming, ...request }) =>
      definition.handle({
        ...request,
        query: readQuery(search),
        body: await definition.body.read(incoming),
      }),
  }
}
