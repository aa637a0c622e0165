import { MAX_LOG_CHARS } from '../limits.ts'
import { GUEST_CHUNKS } from '../protocol/guest.ts'
import { CHUNK_GLOBALS } from './chunk-exports.ts'
import { createConsole } from './console.ts'
import { cut } from './flatten-error.ts'
import type { GuestRealm } from './realm.ts'

/** Fills the global scope: small things at once, the rest as getters that evaluate their chunk when first touched. */
export function installGlobals(realm: GuestRealm, timers: Readonly<Record<string, unknown>>): void {
  const { host } = realm
  const startedAtMs = host('now')
  const performance = {
    timeOrigin: Date.now(),
    now: () => host('now') - startedAtMs,
    mark: () => undefined,
    measure: () => undefined,
    toJSON: () => ({ timeOrigin: performance.timeOrigin }),
  }
  const eager: Readonly<Record<string, unknown>> = {
    ...timers,
    self: globalThis,
    navigator: Object.freeze({ userAgent: 'Pinion', language: 'en-US', hardwareConcurrency: 1 }),
    performance,
    console: createConsole(
      (level, message) => host('log', realm.current(), level, cut(message, MAX_LOG_CHARS)),
      () => host('now'),
    ),
    structuredClone: (value: unknown, options?: { readonly transfer?: readonly unknown[] }) =>
      structuredCloneWith(realm, value, options?.transfer ?? []),
    reportError: (error: unknown) => realm.reportUncaught(error),
    crypto: createCrypto(realm),
  }
  for (const [name, value] of Object.entries(eager)) define(name, value)
  for (const chunk of GUEST_CHUNKS) {
    for (const name of CHUNK_GLOBALS[chunk]) {
      Object.defineProperty(globalThis, name, {
        configurable: true,
        enumerable: false,
        get: () => {
          const value: unknown = Reflect.get(realm.use(chunk), name)
          define(name, value)
          return value
        },
        set: (value: unknown) => define(name, value),
      })
    }
  }
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, enumerable: false, writable: true })
}

/** The copying is V8's own, done by the trip to the host and back. */
function structuredCloneWith(realm: GuestRealm, value: unknown, transfer: readonly unknown[]): unknown {
  const { DOMException } = realm.use('events')
  let copy: unknown
  try {
    copy = realm.host('clone', value)
  } catch (error) {
    throw new DOMException(
      error instanceof Error ? error.message : 'The value could not be cloned.',
      'DataCloneError',
    )
  }
  for (const buffer of transfer) {
    if (!(buffer instanceof ArrayBuffer)) {
      throw new DOMException('Only ArrayBuffers can be transferred here.', 'DataCloneError')
    }
    buffer.transfer()
  }
  return copy
}

function createCrypto(realm: GuestRealm): object {
  return {
    getRandomValues: <T extends ArrayBufferView>(array: T): T => {
      const bytes = realm.host('random', array.byteLength)
      if (bytes === undefined) {
        throw new (realm.use('events').DOMException)(
          `${array.byteLength} bytes of randomness were asked for; 65536 can be had at once.`,
          'QuotaExceededError',
        )
      }
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(bytes)
      return array
    },
    randomUUID: () => realm.host('uuid'),
    get subtle() {
      return realm.use('crypto').subtle
    },
  }
}
