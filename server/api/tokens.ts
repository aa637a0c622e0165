import { parseDurationMs } from '@pinion/core/flow'
import type { ApiToken, Principal, UserService } from '@pinion/core/identity'
import Type from 'typebox'
import { ServerError } from '../errors.ts'
import { defineRoute, json, jsonBody, noBody, noContent, type Route } from '../http/index.ts'
import { isoDate } from './view/iso.ts'

export interface TokenRoutesOptions {
  readonly users: UserService
}

const TAG = 'API tokens'
const NONE = Type.Object({})
const NEW_TOKEN = Type.Object({
  name: Type.String({ description: 'For people: what it is for.' }),
  description: Type.Optional(Type.String()),
  expiresIn: Type.Optional(
    Type.String({ description: 'ISO 8601 duration, such as P90D; without it, never.' }),
  ),
  maxAge: Type.Optional(Type.String({ description: 'The same, as the reference calls it.' })),
  extended: Type.Optional(Type.Boolean()),
})

/** Tokens of whoever asks: for the API and the registry alike. Below `/tokens`, and where the reference has them. */
export function tokenRoutes({ users }: TokenRoutesOptions): readonly Route[] {
  return ['/api/v1/tokens', '/api/v1/me/api-tokens'].flatMap((base) => routesAt(base, users))
}

function routesAt(base: string, users: UserService): readonly Route[] {
  const suffix = base.endsWith('/tokens') ? 'Token' : 'ApiToken'
  const owner = base.endsWith('/tokens') ? '' : 'ForCurrentUser'
  return [
    defineRoute({
      method: 'POST',
      path: base,
      tag: TAG,
      operationId: `create${suffix}${owner}`,
      summary: 'Make a token; its text is in this answer and nowhere else.',
      role: 'viewer',
      query: NONE,
      body: jsonBody(NEW_TOKEN),
      handle: async ({ body, principal }) => {
        const expiresAtMs = expiryOf(body.expiresIn ?? body.maxAge)
        const { token, text } = await users.mintToken({
          userId: principal.userId,
          name: body.name,
          ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
        })
        return json({ ...view(token), token: text, fullToken: text }, 201)
      },
    }),
    defineRoute({
      method: 'GET',
      path: base,
      tag: TAG,
      operationId: `list${suffix}s${owner}`,
      summary: 'Your tokens, without their texts.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: async ({ principal }) => {
        const tokens = (await users.listTokens(principal.userId)).map(view)
        return json(owner === '' ? tokens : { results: tokens, total: tokens.length })
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${base}/{tokenId}`,
      tag: TAG,
      operationId: `delete${suffix}${owner}`,
      summary: 'Revoke one of your tokens; an administrator may revoke anybody’s.',
      role: 'viewer',
      query: NONE,
      body: noBody,
      handle: async ({ param, principal }) => {
        const tokenId = param('tokenId')
        const isRevoked = (await mayRevoke(users, principal, tokenId)) && (await users.revokeToken(tokenId))
        if (isRevoked) return noContent()
        throw new ServerError('TOKEN_NOT_FOUND', `You have no token ${tokenId} that could be revoked.`)
      },
    }),
  ]
}

async function mayRevoke(users: UserService, { role, userId }: Principal, tokenId: string): Promise<boolean> {
  return role === 'admin' || (await users.listTokens(userId)).some((token) => token.tokenId === tokenId)
}

function expiryOf(duration: string | undefined): number | undefined {
  if (duration === undefined) return undefined
  const lifeMs = parseDurationMs(duration)
  if (lifeMs !== undefined) return Date.now() + lifeMs
  throw new ServerError('HTTP_REQUEST_INVALID', `"${duration}" is not a duration.`, {
    at: { path: 'body.expiresIn' },
    hint: 'Write it in ISO 8601: P90D, PT10M.',
  })
}

function view(token: ApiToken) {
  const date = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : isoDate(ms))
  return {
    id: token.tokenId,
    name: token.name,
    createdAt: isoDate(token.createdAtMs),
    expiresAt: date(token.expiresAtMs),
    revokedAt: date(token.revokedAtMs),
    lastUsedAt: date(token.lastUsedAtMs),
  }
}
