import { randomFillSync } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const TIME_LENGTH = 8
const RANDOM_LENGTH = 14

// Drawn in bulk: one call to the kernel for each id costs more than the id.
const pool = new Uint8Array(4096)
let next = pool.length

/**
 * A new id: 22 characters of base62, the first eight from the clock (milliseconds), the other fourteen random
 * (some 83 bits). Ids made later sort later, so that an index on them grows at its end.
 *
 * @param nowMs - Unix epoch in milliseconds.
 */
export function newId(nowMs: number = Date.now()): string {
  let time = ''
  let rest = nowMs
  for (let i = 0; i < TIME_LENGTH; i++) {
    time = ALPHABET[rest % 62] + time
    rest = Math.floor(rest / 62)
  }
  let random = ''
  while (random.length < RANDOM_LENGTH) {
    if (next === pool.length) {
      randomFillSync(pool)
      next = 0
    }
    // Six bits at a time; 62 and 63 are thrown away, so that every character is equally likely.
    const draw = pool[next++]! & 63
    if (draw < 62) random += ALPHABET[draw]
  }
  return time + random
}
