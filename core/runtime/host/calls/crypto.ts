import { webcrypto } from 'node:crypto'
import type { CryptoKeys } from '../crypto-keys.ts'
import type { CallOutput, IsolateCall } from './call.ts'

const { subtle } = webcrypto

type Operate = (...args: unknown[]) => Promise<unknown>

/** Where in the arguments the data stand that travel as bytes. */
const DATA_AT: Readonly<Record<string, number>> = { digest: 1, encrypt: 2, decrypt: 2, sign: 2, verify: 3 }
const OPERATIONS = new Set([
  'digest',
  'encrypt',
  'decrypt',
  'sign',
  'verify',
  'deriveBits',
  'deriveKey',
  'generateKey',
  'importKey',
  'exportKey',
  'wrapKey',
  'unwrapKey',
])
const MAX_DEPTH = 6
const MAX_PBKDF2_ITERATIONS = 10_000_000
const MAX_RSA_BITS = 16_384

export const cryptoCalls = {
  crypto: async ({ keys, params, bytes }) => {
    const { operation } = params
    const given = params['args']
    if (typeof operation !== 'string' || !OPERATIONS.has(operation) || !Array.isArray(given)) {
      throw new TypeError('There is no such operation.')
    }
    const args = given.map((argument) => decode(argument, keys, 0))
    const dataAt = DATA_AT[operation]
    if (dataAt !== undefined) args.splice(dataAt, 0, bytes ?? new Uint8Array())
    // Looked up by a name from the list above; Web Crypto itself checks what it is given.
    const operate = Reflect.get(subtle, operation) as Operate
    return encode(await Reflect.apply(operate, subtle, args), keys)
  },
} satisfies Record<string, IsolateCall>

function decode(value: unknown, keys: CryptoKeys, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new RangeError('The algorithm is nested too deeply.')
  if (Array.isArray(value)) return value.map((member) => decode(member, keys, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  if ('$key' in value) return keys.get(value.$key)
  if ('$base64' in value) return new Uint8Array(Buffer.from(String(value.$base64), 'base64'))
  const algorithm = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, decode(member, keys, depth + 1)]),
  )
  bound(algorithm['iterations'], MAX_PBKDF2_ITERATIONS, 'iterations')
  bound(algorithm['modulusLength'], MAX_RSA_BITS, 'modulusLength')
  return algorithm
}

/** Work that would hold one of the host's few crypto threads for minutes. */
function bound(value: unknown, most: number, name: string): void {
  if (typeof value === 'number' && value > most) throw new RangeError(`${name} may be at most ${most}.`)
}

function encode(result: unknown, keys: CryptoKeys): CallOutput {
  if (result instanceof ArrayBuffer) return { bytes: new Uint8Array(result) }
  if (result instanceof CryptoKey) return { value: describe(result, keys) }
  if (typeof result === 'object' && result !== null && 'privateKey' in result && 'publicKey' in result) {
    const { privateKey, publicKey } = result
    if (privateKey instanceof CryptoKey && publicKey instanceof CryptoKey) {
      return { value: { privateKey: describe(privateKey, keys), publicKey: describe(publicKey, keys) } }
    }
  }
  return { value: result }
}

function describe(key: webcrypto.CryptoKey, keys: CryptoKeys): object {
  const { type, extractable, usages } = key
  const algorithm = Object.fromEntries(
    Object.entries(key.algorithm).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Array.from(value) : value,
    ]),
  )
  return { key: keys.add(key), type, extractable, usages, algorithm }
}
