import { BoundedMap } from './bounded-map.ts'
import { MAX_CACHED_TOKENS, TOKEN_CACHE_MS } from './limits.ts'
import type { Principal } from './model.ts'

export interface CachedToken {
  readonly tokenId: string
  readonly principal: Principal
  /** Unix epoch in milliseconds: when the token expires, or must be looked up again. */
  readonly validUntilMs: number
}

/**
 * Tokens looked up lately, by hash. What is revoked, or whose user changes, on this process is forgotten at once, also
 * if it is being looked up at that moment; a change on another process is noticed within `TOKEN_CACHE_MS`.
 */
export class TokenCache {
  readonly #tokens = new BoundedMap<string, CachedToken>(MAX_CACHED_TOKENS)
  #generation = 0

  get(hash: string, nowMs: number): CachedToken | undefined {
    const found = this.#tokens.get(hash)
    return found !== undefined && nowMs < found.validUntilMs ? found : undefined
  }

  /** To be asked before a token is looked up, and given with what was found. */
  get generation(): number {
    return this.#generation
  }

  /** Kept unless something was forgotten since `generation`: the lookup may have been older. */
  keep(
    hash: string,
    token: Omit<CachedToken, 'validUntilMs'> & { readonly expiresAtMs: number | undefined },
    nowMs: number,
    generation: number,
  ): void {
    if (generation !== this.#generation) return
    const { tokenId, principal, expiresAtMs = Number.POSITIVE_INFINITY } = token
    this.#tokens.set(hash, {
      tokenId,
      principal,
      validUntilMs: Math.min(nowMs + TOKEN_CACHE_MS, expiresAtMs),
    })
  }

  forgetToken(tokenId: string): void {
    this.#generation++
    this.#tokens.deleteWhere((token) => token.tokenId === tokenId)
  }

  forgetUser(userId: string): void {
    this.#generation++
    this.#tokens.deleteWhere((token) => token.principal.userId === userId)
  }
}
