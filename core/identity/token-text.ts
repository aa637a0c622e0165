import { hash, randomBytes } from 'node:crypto'
import { MAX_TOKEN_TEXT_CHARS, TOKEN_CHARS } from './limits.ts'

/** So that a token is recognised where it should not be: in a log, a repository, a paste. */
export const TOKEN_PREFIX = 'pin_'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
// The largest multiple of 62 in a byte: what lies above is drawn again, so that every character is equally likely.
const FAIR = 248

/** `pin_` and 43 characters of base62: 256 random bits. */
export function newTokenText(): string {
  let text = TOKEN_PREFIX
  while (text.length < TOKEN_PREFIX.length + TOKEN_CHARS) {
    for (const byte of randomBytes(TOKEN_CHARS)) {
      if (byte < FAIR && text.length < TOKEN_PREFIX.length + TOKEN_CHARS) text += ALPHABET[byte % 62]
    }
  }
  return text
}

/** Hex sha256. A token is random, so a fast hash hides it as well as a slow one. Undefined for what is no token. */
export function hashTokenText(text: string): string | undefined {
  if (!text.startsWith(TOKEN_PREFIX) || text.length > MAX_TOKEN_TEXT_CHARS) return undefined
  return hash('sha256', text, 'hex')
}
