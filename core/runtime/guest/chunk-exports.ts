import type { ChunkExports } from './realm.ts'

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
