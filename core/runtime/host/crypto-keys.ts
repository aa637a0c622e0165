import type { webcrypto } from 'node:crypto'
import { MAX_CRYPTO_KEYS } from '../limits.ts'

/** A plugin's keys by number. They live as long as its isolate, since plugins keep keys between attempts. */
export class CryptoKeys {
  readonly #keys = new Map<number, webcrypto.CryptoKey>()
  #last = 0

  add(key: webcrypto.CryptoKey): number {
    this.#keys.set(++this.#last, key)
    const [oldest] = this.#keys.keys()
    if (this.#keys.size > MAX_CRYPTO_KEYS && oldest !== undefined) this.#keys.delete(oldest)
    return this.#last
  }

  get(number: unknown): webcrypto.CryptoKey {
    const key = typeof number === 'number' ? this.#keys.get(number) : undefined
    if (key === undefined || typeof number !== 'number') {
      throw new TypeError(`The key is not there any more: a plugin may hold ${MAX_CRYPTO_KEYS} keys.`)
    }
    this.#keys.delete(number)
    this.#keys.set(number, key)
    return key
  }
}
