import { newId } from '../id/index.ts'
import { IdentityError, type IdentityProblem } from './errors.ts'
import { MAX_PASSWORD_BYTES, MAX_USERNAME_CHARS, MIN_PASSWORD_CHARS } from './limits.ts'
import type {
  ApiToken,
  ApiTokenRepository,
  Principal,
  Role,
  User,
  UserChanges,
  UserRepository,
} from './model.ts'
import { DEFAULT_SCRYPT } from './password-hash.ts'
import { type PasswordSettings, Passwords } from './passwords.ts'
import { type MintedToken, type TokenRequest, Tokens } from './tokens.ts'

export interface UserServiceOptions {
  readonly users: UserRepository
  readonly tokens: ApiTokenRepository
  /** Unix epoch in milliseconds. Default: the system's clock. */
  readonly clock?: () => number
  readonly settings?: UserServiceSettings
  /** Told when the time of last use of tokens could not be written. Default: nobody. */
  readonly onTouchFailed?: (error: unknown) => void
}

export interface UserServiceSettings extends Partial<PasswordSettings> {
  /** Of every principal. Default: main. */
  readonly tenant?: string
}

export interface NewUser {
  readonly username: string
  readonly password: string
  readonly role: Role
}

export type SignInResult =
  | { readonly outcome: 'accepted'; readonly principal: Principal }
  | { readonly outcome: 'rejected' }
  /** Too many failures; the password was not looked at. `untilMs`: Unix epoch in milliseconds. */
  | { readonly outcome: 'locked'; readonly untilMs: number }

/** Users, their passwords and their API tokens. */
export interface UserService {
  /**
   * @throws IdentityError `IDENTITY_INPUT_INVALID` with every problem, `IDENTITY_USERNAME_TAKEN`, `IDENTITY_BUSY`
   */
  createUser(user: NewUser): Promise<User>
  /**
   * The same work and the same answers whether or not the name exists. A name is locked for a while after ten failures
   * in a row; a password that was right within the last five minutes is not hashed again.
   *
   * @throws IdentityError `IDENTITY_BUSY`
   */
  verifyPassword(username: string, password: string): Promise<SignInResult>
  /** Also unlocks. @throws IdentityError `IDENTITY_USER_NOT_FOUND`, `IDENTITY_INPUT_INVALID`, `IDENTITY_BUSY` */
  changePassword(userId: string, password: string): Promise<void>
  /** @throws IdentityError `IDENTITY_USER_NOT_FOUND` */
  changeRole(userId: string, role: Role): Promise<void>
  /** With the tokens. @returns false if there was none. */
  removeUser(userId: string): Promise<boolean>
  findUser(username: string): Promise<User | undefined>
  listUsers(): Promise<readonly User[]>
  countUsers(): Promise<number>
  /** @throws IdentityError `IDENTITY_INPUT_INVALID`, `IDENTITY_USER_NOT_FOUND` */
  mintToken(request: TokenRequest): Promise<MintedToken>
  /**
   * Who a token's text stands for; undefined if it is unknown, expired or revoked, or its user is gone. A revocation
   * counts at once on this process, within five seconds on others.
   */
  authenticate(tokenText: string): Promise<Principal | undefined>
  /** @returns false if there is no such token, or it was revoked before. */
  revokeToken(tokenId: string): Promise<boolean>
  listTokens(userId: string): Promise<readonly ApiToken[]>
  /** Writes when tokens were last used. */
  close(): Promise<void>
}

const MAX_FAILED_LOGINS = 10
const LOCK_MS = 60_000

export function createUserService(options: UserServiceOptions): UserService {
  const { users, clock = Date.now, settings = {}, onTouchFailed = () => {} } = options
  const tenant = settings.tenant ?? 'main'
  const passwords = new Passwords(
    users,
    {
      scrypt: settings.scrypt ?? DEFAULT_SCRYPT,
      maxFailedLogins: settings.maxFailedLogins ?? MAX_FAILED_LOGINS,
      lockMs: settings.lockMs ?? LOCK_MS,
    },
    clock,
  )
  const tokens = new Tokens({ tokens: options.tokens, users, clock, tenant, onTouchFailed })

  const change = async (userId: string, changes: UserChanges): Promise<void> => {
    if (await users.update(userId, changes)) return
    throw new IdentityError('IDENTITY_USER_NOT_FOUND', `There is no user ${userId}.`)
  }

  return {
    async createUser({ username, password, role }) {
      refuse([...usernameProblems(username), ...passwordProblems(password)])
      if ((await users.findByUsername(username)) !== undefined) throw usernameTaken(username)
      const nowMs = clock()
      const user: User = {
        userId: newId(nowMs),
        username,
        passwordHash: await passwords.hash(password),
        role,
        createdAtMs: nowMs,
        failedLogins: 0,
      }
      try {
        await users.save(user)
      } catch (error) {
        throw isConflict(error) ? usernameTaken(username, error) : error
      }
      return user
    },

    async verifyPassword(username, password) {
      const check = await passwords.check(username, password)
      if (check.outcome !== 'accepted') return check
      const { userId, role } = check.user
      return { outcome: 'accepted', principal: { userId, username: check.user.username, role, tenant } }
    },

    async changePassword(userId, password) {
      refuse([...passwordProblems(password)])
      await change(userId, {
        passwordHash: await passwords.hash(password),
        failedLogins: 0,
        lockedUntilMs: null,
      })
    },

    async changeRole(userId, role) {
      await change(userId, { role })
      tokens.forgetUser(userId)
    },

    async removeUser(userId) {
      const isRemoved = await users.remove(userId)
      tokens.forgetUser(userId)
      return isRemoved
    },

    findUser: (username) => users.findByUsername(username),
    listUsers: () => users.list(),
    countUsers: () => users.count(),
    mintToken: (request) => tokens.mint(request),
    authenticate: (tokenText) => tokens.authenticate(tokenText),
    revokeToken: (tokenId) => tokens.revoke(tokenId),
    listTokens: (userId) => tokens.list(userId),
    close: () => tokens.close(),
  }
}

function* usernameProblems(username: string): Generator<IdentityProblem> {
  // A colon ends the name in HTTP Basic (RFC 7617).
  if (username === '' || username.length > MAX_USERNAME_CHARS || /[\s:\p{Cc}\p{Cf}]/u.test(username)) {
    yield {
      field: 'username',
      message: `A username has 1 to ${MAX_USERNAME_CHARS} characters, without spaces, colons and control characters.`,
    }
  }
}

function* passwordProblems(password: string): Generator<IdentityProblem> {
  if (password.length < MIN_PASSWORD_CHARS) {
    yield { field: 'password', message: `A password has at least ${MIN_PASSWORD_CHARS} characters.` }
  } else if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) {
    yield { field: 'password', message: `A password has at most ${MAX_PASSWORD_BYTES} bytes.` }
  }
}

function refuse(problems: readonly IdentityProblem[]): void {
  if (problems.length === 0) return
  throw new IdentityError('IDENTITY_INPUT_INVALID', problems.map((each) => each.message).join(' '), {
    problems,
  })
}

function usernameTaken(username: string, cause?: unknown): IdentityError {
  return new IdentityError('IDENTITY_USERNAME_TAKEN', `The username "${username}" is taken.`, {
    cause,
    hint: 'Choose another; capital and small letters count as the same.',
  })
}

/** By its code: this room knows of the store only what the repositories promise. */
function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'STORE_CONFLICT'
}
