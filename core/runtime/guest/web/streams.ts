import {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
} from 'web-streams-polyfill'
import { copyBytes, isBufferSource } from '../bytes.ts'
import type { GuestRealm } from '../realm.ts'

type Bytes = ArrayBuffer | ArrayBufferView

const COMPRESSION_FORMATS = ['gzip', 'deflate', 'deflate-raw']

/** https://streams.spec.whatwg.org, https://compression.spec.whatwg.org */
export function installStreams(realm: GuestRealm) {
  class TextEncoderStream {
    readonly encoding = 'utf-8'
    readonly readable: ReadableStream<Uint8Array>
    readonly writable: WritableStream<string>

    constructor() {
      const encoder = new TextEncoder()
      let highSurrogate = ''
      const { readable, writable } = new TransformStream<string, Uint8Array>({
        transform: (chunk, controller) => {
          const text = highSurrogate + String(chunk)
          const isCut = (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800
          highSurrogate = isCut ? text.slice(-1) : ''
          const whole = isCut ? text.slice(0, -1) : text
          if (whole !== '') controller.enqueue(encoder.encode(whole))
        },
        flush: (controller) => {
          if (highSurrogate !== '') controller.enqueue(encoder.encode(highSurrogate))
        },
      })
      this.readable = readable
      this.writable = writable
    }
  }

  class TextDecoderStream {
    readonly encoding: string
    readonly fatal: boolean
    readonly ignoreBOM: boolean
    readonly readable: ReadableStream<string>
    readonly writable: WritableStream<Bytes>

    constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean }) {
      const decoder = new TextDecoder(label, options)
      const { readable, writable } = new TransformStream<Bytes, string>({
        transform: (chunk, controller) => {
          const text = decoder.decode(copyBytes(chunk), { stream: true })
          if (text !== '') controller.enqueue(text)
        },
        flush: (controller) => {
          const text = decoder.decode()
          if (text !== '') controller.enqueue(text)
        },
      })
      this.encoding = decoder.encoding
      this.fatal = decoder.fatal
      this.ignoreBOM = decoder.ignoreBOM
      this.readable = readable
      this.writable = writable
    }
  }

  class CompressionStream {
    readonly readable: ReadableStream<Uint8Array>
    readonly writable: WritableStream<Bytes>

    constructor(format: string) {
      const { readable, writable } = openCodec(realm, format, true)
      this.readable = readable
      this.writable = writable
    }
  }

  class DecompressionStream {
    readonly readable: ReadableStream<Uint8Array>
    readonly writable: WritableStream<Bytes>

    constructor(format: string) {
      const { readable, writable } = openCodec(realm, format, false)
      this.readable = readable
      this.writable = writable
    }
  }

  return {
    ReadableStream,
    ReadableStreamDefaultReader,
    ReadableStreamBYOBReader,
    ReadableStreamDefaultController,
    ReadableByteStreamController,
    ReadableStreamBYOBRequest,
    WritableStream,
    WritableStreamDefaultWriter,
    WritableStreamDefaultController,
    TransformStream,
    TransformStreamDefaultController,
    ByteLengthQueuingStrategy,
    CountQueuingStrategy,
    TextEncoderStream,
    TextDecoderStream,
    CompressionStream,
    DecompressionStream,
    readHostStream: (stream: number) => readHostStream(realm, stream),
  }
}

/** A stream that lies in the host, read piece by piece as the reader asks. */
function readHostStream(realm: GuestRealm, stream: number): ReadableStream<Uint8Array> {
  const attempt = realm.current()
  return new ReadableStream<Uint8Array>(
    {
      type: 'bytes',
      pull: async (controller) => {
        const { bytes } = await realm.call('stream.read', { stream }, undefined, { attempt })
        if (bytes !== undefined) controller.enqueue(bytes)
        else {
          controller.close()
          controller.byobRequest?.respond(0)
        }
      },
      cancel: async () => {
        await realm.call('stream.destroy', { stream }, undefined, { attempt })
      },
    },
    { highWaterMark: 0 },
  )
}

/** zlib runs in the host; what it has made is fetched as the reader asks, so that a bomb swells nowhere. */
function openCodec(realm: GuestRealm, format: string, compresses: boolean) {
  if (!COMPRESSION_FORMATS.includes(format))
    throw new TypeError(`Unsupported compression format: "${format}"`)
  const attempt = realm.current()
  const opened = realm.call('codec.open', { format, compresses }).then(({ value }) => Number(value))
  // Nobody may be listening yet; every use of `opened` below meets the rejection again.
  opened.catch(() => {})
  const writable = new WritableStream<Bytes>({
    write: async (chunk) => {
      if (!isBufferSource(chunk)) throw new TypeError('A chunk must be an ArrayBuffer or a view.')
      await realm.call('stream.write', { stream: await opened }, copyBytes(chunk), { attempt })
    },
    close: async () => {
      await realm.call('stream.end', { stream: await opened }, undefined, { attempt })
    },
    abort: async () => {
      await realm.call('stream.destroy', { stream: await opened }, undefined, { attempt })
    },
  })
  const readable = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { bytes } = await realm.call('stream.read', { stream: await opened }, undefined, { attempt })
        if (bytes === undefined) controller.close()
        else controller.enqueue(bytes)
      },
      cancel: async () => {
        await realm.call('stream.destroy', { stream: await opened }, undefined, { attempt })
      },
    },
    { highWaterMark: 0 },
  )
  return { readable, writable }
}

declare module '../realm.ts' {
  interface ChunkExports {
    readonly streams: ReturnType<typeof installStreams>
  }
}
