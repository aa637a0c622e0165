import { randomUUID } from 'node:crypto'
import {
  createDeflate,
  createDeflateRaw,
  createGunzip,
  createGzip,
  createInflate,
  createInflateRaw,
} from 'node:zlib'
import { MAX_OPEN_STREAMS } from '../../limits.ts'
import type { HostAttempt } from '../host-attempt.ts'
import { type HostCall, integerParam, textParam } from './call.ts'
import { HostStream } from './host-stream.ts'

const CODECS = {
  gzip: [createGzip, createGunzip],
  deflate: [createDeflate, createInflate],
  'deflate-raw': [createDeflateRaw, createInflateRaw],
} as const

function isCodec(format: string): format is keyof typeof CODECS {
  return Object.hasOwn(CODECS, format)
}

export const streamCalls = {
  'stream.read': async ({ attempt, params }) => {
    const bytes = await streamOf(attempt, params).read()
    if (bytes === undefined) {
      close(attempt, params)
      return {}
    }
    return { bytes }
  },
  'stream.write': async ({ attempt, params, bytes }) => {
    await streamOf(attempt, params).write(bytes ?? new Uint8Array())
    return {}
  },
  'stream.end': async ({ attempt, params }) => {
    streamOf(attempt, params).end()
    return {}
  },
  'stream.destroy': async ({ attempt, params }) => {
    close(attempt, params)
    return {}
  },
  'codec.open': async ({ attempt, params }) => {
    const format = textParam(params, 'format')
    if (!isCodec(format)) throw new TypeError(`Unsupported compression format: "${format}"`)
    const codec = CODECS[format][params['compresses'] === true ? 0 : 1]()
    return { value: addStream(attempt, new HostStream({ readable: codec, writable: codec })) }
  },
} satisfies Record<string, HostCall>

/** @returns the number by which the plugin names the stream. */
export function addStream(attempt: HostAttempt, stream: HostStream): number {
  if (attempt.isEnded || attempt.streams.size >= MAX_OPEN_STREAMS) {
    stream.destroy()
    throw new RangeError(
      `The attempt holds ${attempt.streams.size} streams open; ${MAX_OPEN_STREAMS} are allowed.`,
    )
  }
  attempt.streams.set(++attempt.lastStream, stream)
  return attempt.lastStream
}

function streamOf(attempt: HostAttempt, params: Readonly<Record<string, unknown>>): HostStream {
  const stream = attempt.streams.get(integerParam(params, 'stream'))
  if (stream === undefined) throw new TypeError('The stream has been closed.')
  return stream
}

function close(attempt: HostAttempt, params: Readonly<Record<string, unknown>>): void {
  const number = integerParam(params, 'stream')
  attempt.streams.get(number)?.destroy()
  attempt.streams.delete(number)
}

/** Names that the plugin cannot guess or choose. */
export function newUploadId(): string {
  return randomUUID()
}
