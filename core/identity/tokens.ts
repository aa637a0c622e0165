import { newId } from '../id/index.ts'
import { IdentityError, type IdentityProblem } from './errors.ts'
import { MAX_TOKEN_NAME_CHARS, TOUCH_INTERVAL_MS } from './limits.ts'
import type { ApiToken, ApiTokenRepository, Principal, UserRepository } from './model.ts'
import { TokenCache } from './token-cache.ts'
import { hashTokenText, newTokenText } from './token-text.ts'

export interface TokenRequest {
  readonly userId: string
  readonly name: string
  /** Unix epoch in milliseconds; absent: never. */
  readonly expiresAtMs?: number
}

export interface MintedToken {
  readonly token: ApiToken
  /** Shown this once: only its hash is kept. */
  readonly text: string
}

export interface TokensOptions {
  readonly tokens: ApiTokenRepository
  readonly users: UserRepository
  readonly clock: () => number
  readonly tenant: string
  /** Called when the time of last use of tokens could not be written: nobody waits for it. */
  readonly onTouchFailed: (error: unknown) => void
}

/** Mints, recognises and revokes API tokens. When each was last used is written now and then, in bulk. */
export class Tokens {
  readonly #options: TokensOptions
  readonly #cache = new TokenCache()
  #uses = new Map<string, number>()
  readonly #timer: NodeJS.Timeout

  constructor(options: TokensOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#flush().catch(options.onTouchFailed), TOUCH_INTERVAL_MS).unref()
  }

  /** @throws IdentityError `IDENTITY_INPUT_INVALID`, `IDENTITY_USER_NOT_FOUND` */
  async mint({ userId, name, expiresAtMs }: TokenRequest): Promise<MintedToken> {
    const nowMs = this.#options.clock()
    const problems = [...tokenProblems(name, expiresAtMs, nowMs)]
    if (problems.length > 0) {
      throw new IdentityError('IDENTITY_INPUT_INVALID', problems.map((each) => each.message).join(' '), {
        problems,
      })
    }
    if ((await this.#options.users.findById(userId)) === undefined) {
      throw new IdentityError('IDENTITY_USER_NOT_FOUND', `There is no user ${userId}.`)
    }
    const text = newTokenText()
    const hash = hashTokenText(text)
    if (hash === undefined) throw new TypeError('A new token does not look like one.')
    const token: ApiToken = {
      tokenId: newId(nowMs),
      userId,
      name,
      hash,
      createdAtMs: nowMs,
      ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    }
    await this.#options.tokens.save(token)
    return { token, text }
  }

  /** @returns undefined for what is unknown, expired, revoked, or whose user is gone */
  async authenticate(text: string): Promise<Principal | undefined> {
    const hash = hashTokenText(text)
    if (hash === undefined) return undefined
    const nowMs = this.#options.clock()
    const cached = this.#cache.get(hash, nowMs)
    const found = cached ?? (await this.#load(hash, nowMs))
    if (found === undefined) return undefined
    this.#uses.set(found.tokenId, nowMs)
    return found.principal
  }

  async list(userId: string): Promise<readonly ApiToken[]> {
    return this.#options.tokens.listByUser(userId)
  }

  /** @returns false if there is no such token, or it was revoked before */
  async revoke(tokenId: string): Promise<boolean> {
    const isRevoked = await this.#options.tokens.revoke(tokenId, this.#options.clock())
    this.#cache.forgetToken(tokenId)
    return isRevoked
  }

  /** To be called whenever a user changes or goes. */
  forgetUser(userId: string): void {
    this.#cache.forgetUser(userId)
  }

  /** Writes what is left to write. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#flush()
  }

  async #load(
    hash: string,
    nowMs: number,
  ): Promise<{ readonly tokenId: string; readonly principal: Principal } | undefined> {
    const generation = this.#cache.generation
    const token = await this.#options.tokens.findByHash(hash)
    if (token === undefined || token.revokedAtMs !== undefined) return undefined
    if (token.expiresAtMs !== undefined && token.expiresAtMs <= nowMs) return undefined
    const user = await this.#options.users.findById(token.userId)
    if (user === undefined) return undefined
    const { userId, username, role } = user
    const found = {
      tokenId: token.tokenId,
      principal: { userId, username, role, tenant: this.#options.tenant },
    }
    this.#cache.keep(hash, { ...found, expiresAtMs: token.expiresAtMs }, nowMs, generation)
    return found
  }

  async #flush(): Promise<void> {
    const uses = this.#uses
    if (uses.size === 0) return
    this.#uses = new Map()
    await this.#options.tokens.touch(uses)
  }
}

function* tokenProblems(
  name: string,
  expiresAtMs: number | undefined,
  nowMs: number,
): Generator<IdentityProblem> {
  if (name.trim() === '' || name.length > MAX_TOKEN_NAME_CHARS || /\p{Cc}/u.test(name)) {
    yield {
      field: 'name',
      message: `A token's name has 1 to ${MAX_TOKEN_NAME_CHARS} characters, without control characters.`,
    }
  }
  if (expiresAtMs !== undefined && !(Number.isSafeInteger(expiresAtMs) && expiresAtMs > nowMs)) {
    yield { field: 'expiresAtMs', message: 'A token must expire in the future, or never.' }
  }
}
