import { type Principal, ROLES, type Role, type UserService } from '@pinion/core/identity'
import type { Context } from 'koa'
import { ServerError } from '../errors.ts'
import { type Credentials, readCredentials } from './credentials.ts'
import type { LoginThrottle } from './login-throttle.ts'

export interface AuthenticateOptions {
  readonly users: Pick<UserService, 'verifyPassword' | 'authenticate'>
  readonly throttle: LoginThrottle
  /** Prefixes of paths that need no login. */
  readonly openUrls: readonly string[]
}

const ANONYMOUS: Principal = { userId: 'anonymous', username: 'anonymous', role: 'viewer', tenant: 'main' }
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/**
 * Finds out who asks, and whether he may.
 *
 * @throws ServerError `AUTH_REQUIRED`, `AUTH_REJECTED`, `AUTH_FORBIDDEN`, `AUTH_CROSS_SITE`, `AUTH_TOO_MANY_FAILURES`
 */
export async function authenticate(
  ctx: Context,
  role: Role | 'open',
  options: AuthenticateOptions,
): Promise<Principal> {
  if (role === 'open') return ANONYMOUS
  if (options.openUrls.some((prefix) => ctx.path.startsWith(prefix))) return { ...ANONYMOUS, role }
  const principal = await identify(ctx, options)
  if (principal === undefined) {
    throw new ServerError('AUTH_REQUIRED', 'Sign in to do this.', {
      hint: 'Send Authorization: Basic with user and password, or Bearer with an API token.',
    })
  }
  // ROLES stand in order of power, the strongest first.
  if (ROLES.indexOf(principal.role) > ROLES.indexOf(role)) {
    throw new ServerError(
      'AUTH_FORBIDDEN',
      `This needs the role ${role}; ${principal.username} is ${principal.role}.`,
      {
        hint: 'Ask an administrator.',
      },
    )
  }
  return principal
}

/**
 * Who asks, if credentials came with the request; undefined without.
 *
 * @throws ServerError `AUTH_REJECTED`, `AUTH_CROSS_SITE`, `AUTH_TOO_MANY_FAILURES`
 */
export async function identify(
  ctx: Context,
  { users, throttle }: Pick<AuthenticateOptions, 'users' | 'throttle'>,
): Promise<Principal | undefined> {
  const credentials = readCredentials(ctx.get('authorization') || undefined)
  if (credentials === undefined) return undefined
  refuseCrossSite(ctx, credentials)
  const principal =
    credentials.kind === 'token'
      ? await users.authenticate(credentials.token)
      : await checkPassword(ctx.req.socket.remoteAddress ?? '', credentials, users, throttle)
  if (principal !== undefined) return principal
  throw new ServerError(
    'AUTH_REJECTED',
    credentials.kind === 'token' ? 'The token is not valid.' : 'User or password is wrong.',
    { hint: credentials.kind === 'token' ? 'It may be expired or revoked: make a new one.' : 'Check both.' },
  )
}

/** Passwords can be guessed, tokens cannot: only failed passwords count against an address. */
async function checkPassword(
  address: string,
  { username, password }: Extract<Credentials, { kind: 'password' }>,
  users: Pick<UserService, 'verifyPassword'>,
  throttle: LoginThrottle,
): Promise<Principal | undefined> {
  if (throttle.isBlocked(address)) throw tooManyFailures('from this address')
  const result = await users.verifyPassword(username, password)
  switch (result.outcome) {
    case 'accepted':
      return result.principal
    case 'rejected':
      throttle.failed(address)
      return undefined
    case 'locked':
      throw tooManyFailures('with this name')
    default:
      return result satisfies never
  }
}

function tooManyFailures(whose: string): ServerError {
  return new ServerError('AUTH_TOO_MANY_FAILURES', `Too many failed logins ${whose}.`, {
    hint: 'Wait a minute, or use an API token.',
  })
}

/** A browser sends a remembered password along with any site's form; only its own pages may change something with it. */
function refuseCrossSite(ctx: Context, credentials: Credentials): void {
  const site = ctx.get('sec-fetch-site')
  if (credentials.kind === 'token' || SAFE_METHODS.includes(ctx.method)) return
  if (site === '' || site === 'same-origin' || site === 'none') return
  throw new ServerError('AUTH_CROSS_SITE', 'A page of another site may not do this with your password.', {
    hint: 'Use an API token.',
  })
}
