export const MAX_USERNAME_CHARS = 128
export const MIN_PASSWORD_CHARS = 8
/** Bytes (UTF-8). Longer ones are refused, not cut. */
export const MAX_PASSWORD_BYTES = 1_024
export const MAX_TOKEN_NAME_CHARS = 128
/** Characters of base62 after the prefix: 256 bits. */
export const TOKEN_CHARS = 43
/** Characters of a token's text that are looked at. */
export const MAX_TOKEN_TEXT_CHARS = 256

/** Password checks at work at once; each takes 16 MiB and the better part of a core. */
export const MAX_RUNNING_HASHES = 2
/** Password checks that may wait for them; beyond it `IDENTITY_BUSY`. */
export const MAX_WAITING_HASHES = 64
/** Passwords remembered as right, for clients that send one with each request. */
export const MAX_REMEMBERED_PASSWORDS = 1_000
/** Milliseconds for which they are. */
export const REMEMBER_PASSWORD_MS = 5 * 60 * 1000
/** Names of no user whose failed logins are counted all the same. */
export const MAX_UNKNOWN_NAMES = 10_000

export const MAX_CACHED_TOKENS = 10_000
/** Milliseconds after which a token is looked up again: how late another process's revocation may be noticed. */
export const TOKEN_CACHE_MS = 5_000
/** Milliseconds between two writes of when tokens were last used. */
export const TOUCH_INTERVAL_MS = 30_000
