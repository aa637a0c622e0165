import { ExpressionError } from '../errors.ts'
import type { ExpressionServices } from '../scope.ts'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Random bytes, from the better source that the scope has. @throws ExpressionError `EXPRESSION_UNAVAILABLE` */
export function randomBytes(length: number, services: ExpressionServices): Uint8Array {
  if (services.randomBytes !== undefined) return services.randomBytes(length)
  const { random } = services
  if (random === undefined)
    throw new ExpressionError('EXPRESSION_UNAVAILABLE', 'There is no randomness here.')
  return Uint8Array.from({ length }, () => Math.floor(random() * 256))
}

/** An integer from `lower` up to, but not with, `upper`; every one equally likely. */
export function randomInteger(lower: number, upper: number, services: ExpressionServices): number {
  const span = BigInt(upper) - BigInt(lower)
  // 64 bits: the remainder's bias is below 2^-11 for any span that a safe integer can hold.
  let value = 0n
  for (const byte of randomBytes(8, services)) value = (value << 8n) | BigInt(byte)
  return Number(BigInt(lower) + (value % span))
}

/** `length` characters of the alphabet, every one equally likely. */
export function randomText(length: number, alphabet: string, services: ExpressionServices): string {
  const characters = [...alphabet]
  const mask = (2 << (31 - Math.clz32((characters.length - 1) | 1))) - 1
  let text = ''
  for (let count = 0; count < length; ) {
    for (const byte of randomBytes(Math.max(16, length), services)) {
      const character = characters[byte & mask]
      if (character === undefined) continue
      text += character
      if (++count === length) break
    }
  }
  return text
}

/** A random UUID (version 4) as a number in base 62: 22 characters at most, as the reference writes its ids. */
export function uuidText(services: ExpressionServices): string {
  const bytes = randomBytes(16, services)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return base62(bytes, 22)
}

/** KSUID: seconds since May 2014 in four bytes, sixteen random ones, in base 62. Later ones sort later. */
export function ksuidText(nowMs: number, services: ExpressionServices): string {
  const seconds = Math.floor(nowMs / 1000) - KSUID_EPOCH
  const bytes = new Uint8Array(20)
  new DataView(bytes.buffer).setUint32(0, seconds >>> 0)
  bytes.set(randomBytes(16, services), 4)
  return base62(bytes, 27)
}

const KSUID_EPOCH = 1_400_000_000

function base62(bytes: Uint8Array, length: number): string {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  let text = ''
  for (; value > 0n; value /= 62n) text = BASE62.charAt(Number(value % 62n)) + text
  return text.padStart(length, '0')
}
