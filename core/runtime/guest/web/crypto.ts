import { copyBytes, isBufferSource } from '../bytes.ts'
import type { GuestRealm } from '../realm.ts'

const MAKER = Symbol('maker')

interface KeyFacts {
  readonly key: number
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: object
  readonly usages: readonly string[]
}

/** A key as the host describes it; the secret itself stays in the host. */
class CryptoKey {
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: object
  readonly usages: readonly string[]

  constructor(maker: symbol, facts: KeyFacts) {
    if (maker !== MAKER) throw new TypeError('Illegal constructor')
    this.type = facts.type
    this.extractable = facts.extractable
    this.algorithm = facts.algorithm
    this.usages = facts.usages
  }

  get [Symbol.toStringTag](): string {
    return 'CryptoKey'
  }
}

type Bytes = ArrayBuffer | ArrayBufferView
type KeyOrPair = CryptoKey | { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey }

/** https://w3c.github.io/webcrypto/#subtlecrypto-interface, done by the host's own Web Crypto. */
export function installCrypto(realm: GuestRealm) {
  const numbers = new WeakMap<CryptoKey, number>()

  const numberOf = (key: unknown): number => {
    const number = key instanceof CryptoKey ? numbers.get(key) : undefined
    if (number === undefined) throw new TypeError('A CryptoKey is needed.')
    return number
  }
  const keyFrom = (facts: KeyFacts): CryptoKey => {
    const key = new CryptoKey(MAKER, facts)
    numbers.set(key, facts.key)
    return key
  }
  const keysFrom = (value: unknown): KeyOrPair => {
    const facts = value as KeyFacts & { publicKey: KeyFacts; privateKey: KeyFacts }
    if (facts.publicKey === undefined) return keyFrom(facts)
    return { publicKey: keyFrom(facts.publicKey), privateKey: keyFrom(facts.privateKey) }
  }
  /** Algorithms name keys and small byte strings in between; both travel as tagged objects. */
  const encode = (value: unknown): unknown => {
    if (value instanceof CryptoKey) return { $key: numberOf(value) }
    if (isBufferSource(value)) return { $base64: btoa(String.fromCharCode(...copyBytes(value))) }
    if (Array.isArray(value)) return value.map(encode)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, encode(member)]))
  }
  const call = async (operation: string, args: readonly unknown[], data?: Bytes) => {
    const bytes = data === undefined ? undefined : copyBytes(data)
    try {
      return await realm.call('crypto', { operation, args: args.map(encode) }, bytes)
    } catch (error) {
      throw asDomException(realm, error)
    }
  }
  const bufferFrom = (bytes: Uint8Array | undefined): ArrayBuffer => new Uint8Array(bytes ?? []).buffer

  class SubtleCrypto {
    async digest(algorithm: unknown, data: Bytes): Promise<ArrayBuffer> {
      return bufferFrom((await call('digest', [algorithm], data)).bytes)
    }

    async encrypt(algorithm: unknown, key: CryptoKey, data: Bytes): Promise<ArrayBuffer> {
      return bufferFrom((await call('encrypt', [algorithm, key], data)).bytes)
    }

    async decrypt(algorithm: unknown, key: CryptoKey, data: Bytes): Promise<ArrayBuffer> {
      return bufferFrom((await call('decrypt', [algorithm, key], data)).bytes)
    }

    async sign(algorithm: unknown, key: CryptoKey, data: Bytes): Promise<ArrayBuffer> {
      return bufferFrom((await call('sign', [algorithm, key], data)).bytes)
    }

    async verify(algorithm: unknown, key: CryptoKey, signature: Bytes, data: Bytes): Promise<boolean> {
      return (await call('verify', [algorithm, key, signature], data)).value === true
    }

    async deriveBits(algorithm: unknown, key: CryptoKey, length: number | null): Promise<ArrayBuffer> {
      return bufferFrom((await call('deriveBits', [algorithm, key, length])).bytes)
    }

    async deriveKey(
      algorithm: unknown,
      key: CryptoKey,
      derived: unknown,
      extractable: boolean,
      usages: readonly string[],
    ): Promise<KeyOrPair> {
      return keysFrom((await call('deriveKey', [algorithm, key, derived, extractable, usages])).value)
    }

    async generateKey(
      algorithm: unknown,
      extractable: boolean,
      usages: readonly string[],
    ): Promise<KeyOrPair> {
      return keysFrom((await call('generateKey', [algorithm, extractable, usages])).value)
    }

    async importKey(
      format: string,
      keyData: unknown,
      algorithm: unknown,
      extractable: boolean,
      usages: readonly string[],
    ): Promise<KeyOrPair> {
      return keysFrom((await call('importKey', [format, keyData, algorithm, extractable, usages])).value)
    }

    async exportKey(format: string, key: CryptoKey): Promise<unknown> {
      const { value, bytes } = await call('exportKey', [format, key])
      return bytes === undefined ? value : bufferFrom(bytes)
    }

    async wrapKey(
      format: string,
      key: CryptoKey,
      wrapping: CryptoKey,
      algorithm: unknown,
    ): Promise<ArrayBuffer> {
      return bufferFrom((await call('wrapKey', [format, key, wrapping, algorithm])).bytes)
    }

    async unwrapKey(
      format: string,
      wrapped: Bytes,
      unwrapping: CryptoKey,
      unwrapAlgorithm: unknown,
      keyAlgorithm: unknown,
      extractable: boolean,
      usages: readonly string[],
    ): Promise<KeyOrPair> {
      const args = [format, wrapped, unwrapping, unwrapAlgorithm, keyAlgorithm, extractable, usages]
      return keysFrom((await call('unwrapKey', args)).value)
    }
  }
  return { CryptoKey, SubtleCrypto, subtle: new SubtleCrypto() }
}

function asDomException(realm: GuestRealm, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || !error.name.endsWith('Error')) return error
  const isPlain = error.name === 'Error' || error.name === 'RangeError'
  return isPlain ? error : new (realm.use('events').DOMException)(error.message, error.name)
}

declare module '../realm.ts' {
  interface ChunkExports {
    readonly crypto: ReturnType<typeof installCrypto>
  }
}
