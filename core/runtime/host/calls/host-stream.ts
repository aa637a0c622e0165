import { once } from 'node:events'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { CHUNK_BYTES } from '../../limits.ts'

/** A Node stream that an attempt holds by number: a response body, a request body, a compressor. */
export class HostStream {
  readonly #readable: Readable | undefined
  readonly #writable: Writable | undefined
  #rest: Buffer | undefined
  #iterator: AsyncIterator<unknown> | undefined

  constructor(ends: { readonly readable?: Readable; readonly writable?: Writable }) {
    this.#readable = ends.readable
    this.#writable = ends.writable
    // An error of a stream that nobody reads must not end the host; the next read or write meets it.
    this.#readable?.on('error', () => {})
    this.#writable?.on('error', () => {})
  }

  /** A body that the plugin writes and the host sends. */
  static upload(): { readonly stream: HostStream; readonly source: Readable } {
    const pipe = new PassThrough({ highWaterMark: CHUNK_BYTES })
    return { stream: new HostStream({ writable: pipe }), source: pipe }
  }

  /** @returns the next piece of at most `CHUNK_BYTES`, undefined at the end */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#readable === undefined) throw new TypeError('This stream cannot be read.')
    while (this.#rest === undefined || this.#rest.byteLength === 0) {
      this.#iterator ??= this.#readable[Symbol.asyncIterator]()
      const { done, value } = await this.#iterator.next()
      if (done) return undefined
      this.#rest = Buffer.isBuffer(value) ? value : Buffer.from(String(value))
    }
    // Copied: a view would drag the whole buffer that it lies in across the bridge.
    const piece = new Uint8Array(this.#rest.subarray(0, CHUNK_BYTES))
    this.#rest = this.#rest.subarray(CHUNK_BYTES)
    return piece
  }

  /** Resolves when there is room for more. */
  async write(bytes: Uint8Array): Promise<void> {
    const writable = this.#writable
    if (writable === undefined) throw new TypeError('This stream cannot be written.')
    if (writable.errored) throw writable.errored
    if (writable.destroyed || writable.writableEnded) throw new TypeError('The stream has been closed.')
    if (!writable.write(bytes)) await once(writable, 'drain')
  }

  end(): void {
    this.#writable?.end()
  }

  destroy(): void {
    this.#readable?.destroy()
    this.#writable?.destroy()
    this.#rest = undefined
  }
}
