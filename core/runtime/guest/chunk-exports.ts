import type { installCrypto } from './web/crypto.ts'
import type { installEncoding } from './web/encoding.ts'
import type { installEvents } from './web/events.ts'
import type { installFetch } from './web/fetch.ts'
import type { installStreams } from './web/streams.ts'
import type { installUrl } from './web/url.ts'
import type { installUrlPattern } from './web/url-pattern.ts'

/** What each chunk's installer returns: the globals of {@link CHUNK_GLOBALS}, and what other chunks use of it. */
export interface ChunkExports {
  readonly encoding: ReturnType<typeof installEncoding>
  readonly events: ReturnType<typeof installEvents>
  readonly streams: ReturnType<typeof installStreams>
  readonly url: ReturnType<typeof installUrl>
  readonly 'url-pattern': ReturnType<typeof installUrlPattern>
  readonly fetch: ReturnType<typeof installFetch>
  readonly crypto: ReturnType<typeof installCrypto>
}

/** Which globals a chunk brings: https://min-common-api.proposal.wintertc.org/ */
export const CHUNK_GLOBALS = {
  encoding: ['TextEncoder', 'TextDecoder', 'atob', 'btoa'],
  events: [
    'DOMException',
    'Event',
    'CustomEvent',
    'ErrorEvent',
    'PromiseRejectionEvent',
    'EventTarget',
    'AbortController',
    'AbortSignal',
  ],
  streams: [
    'ReadableStream',
    'ReadableStreamDefaultReader',
    'ReadableStreamBYOBReader',
    'ReadableStreamDefaultController',
    'ReadableByteStreamController',
    'ReadableStreamBYOBRequest',
    'WritableStream',
    'WritableStreamDefaultWriter',
    'WritableStreamDefaultController',
    'TransformStream',
    'TransformStreamDefaultController',
    'ByteLengthQueuingStrategy',
    'CountQueuingStrategy',
    'TextEncoderStream',
    'TextDecoderStream',
    'CompressionStream',
    'DecompressionStream',
  ],
  url: ['URL', 'URLSearchParams'],
  'url-pattern': ['URLPattern'],
  fetch: ['fetch', 'Headers', 'Request', 'Response', 'Blob', 'File', 'FormData'],
  crypto: ['CryptoKey', 'SubtleCrypto'],
} as const satisfies { readonly [Name in keyof ChunkExports]: readonly (keyof ChunkExports[Name])[] }
