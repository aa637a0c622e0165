import { gcm } from '@noble/ciphers/aes.js'
import { ExpressionError } from '../errors.ts'
import type { ExpressionServices } from '../scope.ts'
import { decodeBase64, encodeBase64 } from '../value/base64.ts'

// @noble/ciphers: audited, without dependencies, and pure JavaScript, so that this room needs no node: module.

const NONCE_BYTES = 12

/** @param key - AES key in Base64. @returns Base64 of nonce, cipher text and tag, as the reference platform makes it */
export function encryptText(key: string, text: string, services: ExpressionServices): string {
  if (services.randomBytes === undefined) {
    throw new ExpressionError(
      'EXPRESSION_UNAVAILABLE',
      'encrypt() is not available here: there is no source of randomness.',
    )
  }
  const nonce = services.randomBytes(NONCE_BYTES)
  const sealed = gcm(keyBytes(key), nonce).encrypt(new TextEncoder().encode(text))
  const all = new Uint8Array(NONCE_BYTES + sealed.length)
  all.set(nonce)
  all.set(sealed, NONCE_BYTES)
  return encodeBase64(all)
}

/** @throws ExpressionError when the text was not encrypted with this key */
export function decryptText(key: string, encrypted: string): string {
  const bytes = decodeBase64(encrypted)
  if (bytes === undefined || bytes.length <= NONCE_BYTES) throw notEncrypted()
  try {
    const plain = gcm(keyBytes(key), bytes.subarray(0, NONCE_BYTES)).decrypt(bytes.subarray(NONCE_BYTES))
    return new TextDecoder().decode(plain)
  } catch (error) {
    if (error instanceof ExpressionError) throw error
    throw notEncrypted()
  }
}

function keyBytes(key: string): Uint8Array {
  const bytes = decodeBase64(key)
  if (bytes !== undefined && [16, 24, 32].includes(bytes.length)) return bytes
  throw new ExpressionError('EXPRESSION_VALUE', 'An encryption key must be 16, 24 or 32 bytes in Base64.')
}

function notEncrypted(): ExpressionError {
  return new ExpressionError(
    'EXPRESSION_VALUE',
    'The text was not encrypted with this key, or has been changed.',
  )
}
