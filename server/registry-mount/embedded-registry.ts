import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { FlowLibrary } from '@pinion/core/flow'
import type { Principal, UserService } from '@pinion/core/identity'
import {
  type LoginOutcome,
  type RegistryProcess,
  startRegistryProcess,
  type UnpublishDecision,
} from '@pinion/registry'
import type { Context } from 'koa'
import { readCredentials } from '../auth/index.ts'
import type { ServerConfig } from '../config/index.ts'
import type { Log } from '../log/index.ts'

/** What the platform itself publishes and reads as: the owner of the official scopes. */
const SYSTEM: Principal = { userId: 'system', username: 'system', role: 'admin', tenant: 'main' }
/** Milliseconds that a token from `npm login` lasts: 90 days. */
const LOGIN_TOKEN_MS = 90 * 86_400_000

export interface EmbeddedRegistryOptions {
  readonly config: ServerConfig
  readonly users: UserService
  /** Asked when something is to be unpublished. */
  readonly library: Pick<FlowLibrary, 'requiring'>
  readonly log: Log
}

/** The embedded registry with what it asks of the platform: who may log in, and what is still in use. */
export class EmbeddedRegistry {
  readonly process: RegistryProcess
  /** For the platform's own requests; new with each start, never stored. */
  readonly systemToken = `system_${randomBytes(32).toString('base64url')}`

  constructor({ config, users, library, log }: EmbeddedRegistryOptions) {
    this.process = startRegistryProcess({
      dataDir: config.dataDir,
      anonymousRead: config.registry.anonymousRead,
      // What comes with the release is no secret, and an author's `npm install` should not need a login.
      publicScopes: config.registry.scopes,
      scopeOwners: Object.fromEntries(config.registry.scopes.map((scope) => [scope, SYSTEM.username])),
      inspectorModule: fileURLToPath(new URL('./registry-inspector.ts', import.meta.url)),
      maxTarballBytes: config.limits.uploadBytes,
      ...(config.url === undefined ? {} : { publicUrl: new URL(config.url).origin }),
      log: ({ level, message, fields }) => log[level](message, fields),
      login: (username, password) => logIn(users, username, password),
      revoke: (token, username) => revoke(users, token, username),
      mayUnpublish: (name, version) => mayUnpublish(library, name, version),
    })
  }

  /** The platform itself, if the request carries its token. */
  identifySystem(ctx: Context): Principal | undefined {
    const credentials = readCredentials(ctx.get('authorization'))
    if (credentials?.kind !== 'token') return undefined
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
    return timingSafeEqual(digest(credentials.token), digest(this.systemToken)) ? SYSTEM : undefined
  }
}

async function logIn(users: UserService, username: string, password: string): Promise<LoginOutcome> {
  const result = await users.verifyPassword(username, password)
  switch (result.outcome) {
    case 'accepted': {
      const expiresAtMs = Date.now() + LOGIN_TOKEN_MS
      const { text } = await users.mintToken({
        userId: result.principal.userId,
        name: 'npm login',
        expiresAtMs,
      })
      return { outcome: 'granted', token: text }
    }
    case 'rejected':
      return { outcome: 'refused' }
    case 'locked':
      return {
        outcome: 'refused',
        message: 'Too many failed logins with this name.',
        retryAfterSeconds: Math.max(1, Math.ceil((result.untilMs - Date.now()) / 1000)),
      }
    default:
      return result satisfies never
  }
}

/** npm knows its token by the text only; what is stored is its hash. */
async function revoke(users: UserService, token: string, username: string | undefined): Promise<void> {
  const user = username === undefined ? undefined : await users.findUser(username)
  if (user === undefined) return
  const hash = createHash('sha256').update(token).digest('hex')
  const found = (await users.listTokens(user.userId)).find((each) => each.hash === hash)
  if (found !== undefined) await users.revokeToken(found.tokenId)
}

async function mayUnpublish(
  library: Pick<FlowLibrary, 'requiring'>,
  name: string,
  version: string,
): Promise<UnpublishDecision> {
  const flows = await library.requiring(name, version)
  if (flows.length === 0) return { allowed: true }
  const shown = flows.slice(0, 5).map(({ namespace, flowId }) => `${namespace}.${flowId}`)
  const more = flows.length > shown.length ? ` and ${flows.length - shown.length} more` : ''
  return {
    allowed: false,
    reason: `${name}@${version} is used by ${shown.join(', ')}${more}. Change those flows first.`,
  }
}
