import { concatBytes, copyBytes, isBufferSource } from '../bytes.ts'
import { Blob, blobBytes } from './blob.ts'
import { decodeMultipart, encodeMultipart, FormData } from './form-data.ts'
import type { Headers } from './headers.ts'

export type BodyInit =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | FormData
  | URLSearchParams
  | ReadableStream<Uint8Array>
  | null
  | undefined

export interface BodySource {
  /** Bytes known ahead; otherwise the stream gives them. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined
  readonly stream: ReadableStream<Uint8Array> | undefined
  readonly type: string | undefined
}

export const NO_BODY: BodySource = { bytes: undefined, stream: undefined, type: undefined }

/** https://fetch.spec.whatwg.org/#concept-bodyinit-extract */
export function extractBody(init: BodyInit): BodySource {
  if (init === null || init === undefined) return NO_BODY
  if (init instanceof Blob) return known(blobBytes(init), init.type === '' ? undefined : init.type)
  if (init instanceof FormData) {
    const { bytes, type } = encodeMultipart(init)
    return known(bytes, type)
  }
  if (isBufferSource(init)) return known(copyBytes(init), undefined)
  if (init instanceof URLSearchParams) {
    return known(new TextEncoder().encode(init.toString()), 'application/x-www-form-urlencoded;charset=UTF-8')
  }
  if (init instanceof ReadableStream) return { bytes: undefined, stream: init, type: undefined }
  return known(new TextEncoder().encode(String(init)), 'text/plain;charset=UTF-8')
}

function known(bytes: Uint8Array<ArrayBuffer>, type: string | undefined): BodySource {
  return { bytes, stream: undefined, type }
}

/** https://fetch.spec.whatwg.org/#body-mixin */
export class Body {
  #source: BodySource
  #stream: ReadableStream<Uint8Array> | null = null
  #isUsed = false
  readonly headers: Headers

  constructor(source: BodySource, headers: Headers) {
    this.#source = source
    this.headers = headers
    if (source.type !== undefined && !headers.has('content-type')) headers.set('content-type', source.type)
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#stream === null) this.#stream = openStream(this.#source)
    return this.#stream
  }

  get bodyUsed(): boolean {
    return this.#isUsed || this.#stream?.locked === true
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.#consume()).buffer
  }

  async bytes(): Promise<Uint8Array> {
    return this.#consume()
  }

  async blob(): Promise<Blob> {
    return new Blob([await this.#consume()], { type: this.headers.get('content-type') ?? '' })
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.#consume())
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
  }

  async formData(): Promise<FormData> {
    const type = this.headers.get('content-type') ?? ''
    const boundary = /^multipart\/form-data\s*;.*boundary="?([^";]+)"?/i.exec(type)?.[1]
    if (boundary !== undefined) return decodeMultipart(await this.#consume(), boundary)
    if (!/^application\/x-www-form-urlencoded/i.test(type)) throw new TypeError('The body is not a form.')
    const form = new FormData()
    for (const [name, value] of new URLSearchParams(await this.text())) form.append(name, value)
    return form
  }

  /** Takes the body over, for a request that is sent or a copy that is made. */
  protected takeSource(): BodySource {
    if (this.bodyUsed) throw new TypeError('The body has been used already.')
    if (this.#stream === null) {
      this.#isUsed = this.#source !== NO_BODY
      return this.#source
    }
    this.#isUsed = true
    return { bytes: undefined, stream: this.#stream, type: this.#source.type }
  }

  /** Both copies can be read. */
  protected teeSource(): BodySource {
    if (this.bodyUsed) throw new TypeError('The body has been used already.')
    if (this.#stream === null && this.#source.stream === undefined) return this.#source
    const stream = this.#stream ?? this.#source.stream
    if (stream === undefined) return NO_BODY
    const [left, right] = stream.tee()
    this.#stream = left
    this.#source = { bytes: undefined, stream: left, type: this.#source.type }
    return { bytes: undefined, stream: right, type: this.#source.type }
  }

  async #consume(): Promise<Uint8Array<ArrayBuffer>> {
    const { bytes, stream } = this.takeSource()
    if (bytes !== undefined) return bytes.slice()
    if (stream === undefined) return new Uint8Array()
    const parts: Uint8Array[] = []
    const reader = stream.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return concatBytes(parts)
      if (!ArrayBuffer.isView(value)) throw new TypeError('A body stream must give Uint8Arrays.')
      parts.push(value)
    }
  }
}

function openStream({ bytes, stream }: BodySource): ReadableStream<Uint8Array> | null {
  if (stream !== undefined) return stream
  if (bytes === undefined) return null
  return new ReadableStream({
    start: (controller) => {
      if (bytes.byteLength > 0) controller.enqueue(bytes.slice())
      controller.close()
    },
  })
}
