import { concatBytes, copyBytes, isBufferSource } from '../bytes.ts'
import type { GuestRealm } from '../realm.ts'

const TEXT_PIECE_CHARS = 1024 * 1024
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** https://encoding.spec.whatwg.org and https://html.spec.whatwg.org/#atob; the host converts, in bounded pieces. */
export function installEncoding(realm: GuestRealm) {
  const { host } = realm
  const encode = (text: string): Uint8Array<ArrayBuffer> => {
    if (text.length <= TEXT_PIECE_CHARS) return tight(host('encodeText', text))
    const parts: Uint8Array[] = []
    for (let start = 0; start < text.length; ) {
      const end = start + TEXT_PIECE_CHARS
      // A surrogate pair must not be cut in two.
      const isHigh = end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800
      const cut = isHigh ? end - 1 : end
      parts.push(tight(host('encodeText', text.slice(start, cut))))
      start = cut
    }
    return concatBytes(parts)
  }

  class TextEncoder {
    readonly encoding = 'utf-8'

    encode(text: unknown = ''): Uint8Array<ArrayBuffer> {
      return encode(String(text))
    }

    encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
      let read = 0
      let written = 0
      for (const character of String(text)) {
        const bytes = encode(character)
        if (written + bytes.byteLength > into.byteLength) break
        into.set(bytes, written)
        written += bytes.byteLength
        read += character.length
      }
      return { read, written }
    }
  }

  class TextDecoder {
    readonly encoding: string
    readonly fatal: boolean
    readonly ignoreBOM: boolean
    #pending: Uint8Array = new Uint8Array()
    #isStarted = false

    constructor(
      label: unknown = 'utf-8',
      options: { readonly fatal?: boolean; readonly ignoreBOM?: boolean } = {},
    ) {
      const name = host('encodingName', String(label).trim())
      if (name === undefined) throw new RangeError(`The "${String(label)}" encoding is not supported.`)
      this.encoding = name
      this.fatal = Boolean(options?.fatal)
      this.ignoreBOM = Boolean(options?.ignoreBOM)
    }

    decode(input?: ArrayBuffer | ArrayBufferView, options: { readonly stream?: boolean } = {}): string {
      if (input !== undefined && !isBufferSource(input))
        throw new TypeError('TextDecoder needs an ArrayBuffer or a view.')
      const given = input === undefined ? new Uint8Array() : copyBytes(input)
      const bytes = this.#pending.byteLength === 0 ? given : concatBytes([this.#pending, given])
      const complete = options.stream ? completeLength(this.encoding, bytes) : bytes.byteLength
      this.#pending = bytes.slice(complete)
      if (options.stream && complete === 0) return ''
      const text = host(
        'decodeText',
        this.encoding,
        this.fatal,
        this.ignoreBOM || this.#isStarted,
        bytes.slice(0, complete),
      )
      this.#isStarted = Boolean(options.stream)
      if (!options.stream) this.#pending = new Uint8Array()
      if (text === undefined)
        throw new TypeError(`The encoded data was not valid for encoding ${this.encoding}`)
      return text
    }
  }

  return { TextEncoder, TextDecoder, atob: atobIn(realm), btoa: btoaIn(realm) }
}

/** How many bytes form whole characters. Legacy multi-byte encodings wait for the end of the stream. */
function completeLength(encoding: string, bytes: Uint8Array): number {
  const length = bytes.byteLength
  if (encoding === 'utf-8') {
    for (let back = 1; back <= Math.min(3, length); back++) {
      const byte = bytes[length - back] ?? 0
      if ((byte & 0xc0) === 0x80) continue
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
      return needed > back ? length - back : length
    }
    return length
  }
  if (encoding.startsWith('utf-16')) {
    const even = length - (length % 2)
    const last = encoding === 'utf-16le' ? (bytes[even - 1] ?? 0) : (bytes[even - 2] ?? 0)
    return even >= 2 && (last & 0xfc) === 0xd8 ? even - 2 : even
  }
  return /^(big5|euc-|gb|iso-2022|shift_jis)/.test(encoding) ? 0 : length
}

function btoaIn(realm: GuestRealm) {
  return (data: unknown): string => {
    const text = String(data)
    let encoded = ''
    for (let index = 0; index < text.length; index += 3) {
      const [a, b, c] = [text.charCodeAt(index), text.charCodeAt(index + 1), text.charCodeAt(index + 2)]
      if (a > 255 || b > 255 || c > 255) {
        const { DOMException } = realm.use('events')
        throw new DOMException('The text has characters beyond Latin1.', 'InvalidCharacterError')
      }
      const bits = (a << 16) | ((b || 0) << 8) | (c || 0)
      encoded += `${BASE64[bits >> 18]}${BASE64[(bits >> 12) & 63]}`
      encoded += Number.isNaN(b)
        ? '=='
        : `${BASE64[(bits >> 6) & 63]}${Number.isNaN(c) ? '=' : BASE64[bits & 63]}`
    }
    return encoded
  }
}

function atobIn(realm: GuestRealm) {
  return (data: unknown): string => {
    let text = String(data).replace(/[\t\n\f\r ]/g, '')
    if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '')
    if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) {
      const { DOMException } = realm.use('events')
      throw new DOMException('The text is not correctly base64-encoded.', 'InvalidCharacterError')
    }
    let decoded = ''
    let bits = 0
    let count = 0
    for (const character of text) {
      bits = (bits << 6) | BASE64.indexOf(character)
      count += 6
      if (count >= 8) {
        count -= 8
        decoded += String.fromCharCode((bits >> count) & 255)
        bits &= (1 << count) - 1
      }
    }
    return decoded
  }
}

function tight(bytes: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  if (bytes === undefined) throw new RangeError('The text is too long.')
  return new Uint8Array(bytes)
}

declare module '../realm.ts' {
  interface ChunkExports {
    readonly encoding: ReturnType<typeof installEncoding>
  }
}
