import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

/** @see RFC 7914 */
export interface ScryptSettings {
  /** N: a power of two. */
  readonly cost: number
  readonly blockSize: number
  readonly parallelization: number
}

/** 16 MiB, some 0.15 s of a core. @see OWASP Password Storage Cheat Sheet, scrypt */
export const DEFAULT_SCRYPT: ScryptSettings = { cost: 2 ** 14, blockSize: 8, parallelization: 5 }

const SALT_BYTES = 16
const HASH_BYTES = 32
// A stored hash must not be able to ask for more: 128 * N * r bytes.
const MAX_MEMORY_BYTES = 256 * 1024 * 1024
const FORMAT = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]{22})\$([\w-]{43})$/

/** @returns `scrypt$N$r$p$salt$hash`, salt and hash in base64url */
export async function hashPassword(password: string, settings: ScryptSettings): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, settings)
  const { cost, blockSize, parallelization } = settings
  return [
    'scrypt',
    cost,
    blockSize,
    parallelization,
    salt.toString('base64url'),
    hash.toString('base64url'),
  ].join('$')
}

/** Compares in constant time. A stored text of another form matches nothing. */
export async function matchesHash(password: string, stored: string): Promise<boolean> {
  const parsed = parse(stored)
  if (parsed === undefined) return false
  return timingSafeEqual(await derive(password, parsed.salt, parsed.settings), parsed.hash)
}

/** Whether a hash was made with other settings than these. */
export function isOutdated(stored: string, settings: ScryptSettings): boolean {
  const found = parse(stored)?.settings
  return (
    found?.cost !== settings.cost ||
    found.blockSize !== settings.blockSize ||
    found.parallelization !== settings.parallelization
  )
}

function parse(
  stored: string,
): { readonly settings: ScryptSettings; readonly salt: Buffer; readonly hash: Buffer } | undefined {
  const [, cost, blockSize, parallelization, salt = '', hash = ''] = FORMAT.exec(stored) ?? []
  if (cost === undefined) return undefined
  return {
    settings: {
      cost: Number(cost),
      blockSize: Number(blockSize),
      parallelization: Number(parallelization),
    },
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  }
}

function derive(password: string, salt: Buffer, settings: ScryptSettings): Promise<Buffer> {
  const options: ScryptOptions = { ...settings, maxmem: MAX_MEMORY_BYTES }
  return new Promise((resolve, reject) => {
    // The same character typed on two keyboards may be one code point or two (RFC 8265).
    scrypt(password.normalize('NFC'), salt, HASH_BYTES, options, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}
