import { concatBytes, copyBytes, isBufferSource } from '../bytes.ts'

export type BlobPart = string | ArrayBuffer | ArrayBufferView | Blob

const contents = new WeakMap<Blob, Uint8Array<ArrayBuffer>>()

export function blobBytes(blob: Blob): Uint8Array<ArrayBuffer> {
  const bytes = contents.get(blob)
  if (bytes === undefined) throw new TypeError('Not a Blob.')
  return bytes
}

/** https://w3c.github.io/FileAPI/#blob-section, held in the isolate's memory. */
export class Blob {
  readonly type: string

  constructor(parts: Iterable<BlobPart> = [], options: { readonly type?: string } = {}) {
    contents.set(this, concatBytes([...parts].map(partBytes)))
    const type = String(options?.type ?? '')
    this.type = /^[\x20-\x7e]*$/.test(type) ? type.toLowerCase() : ''
  }

  get size(): number {
    return blobBytes(this).byteLength
  }

  slice(start = 0, end = this.size, type = ''): Blob {
    return new Blob([blobBytes(this).slice(start, end)], { type })
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return blobBytes(this).slice().buffer
  }

  async bytes(): Promise<Uint8Array> {
    return blobBytes(this).slice()
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(blobBytes(this))
  }

  stream(): ReadableStream<Uint8Array> {
    const bytes = blobBytes(this)
    return new ReadableStream({
      start: (controller) => {
        if (bytes.byteLength > 0) controller.enqueue(bytes.slice())
        controller.close()
      },
    })
  }

  get [Symbol.toStringTag](): string {
    return 'Blob'
  }
}

/** https://w3c.github.io/FileAPI/#file-section */
export class File extends Blob {
  readonly name: string
  readonly lastModified: number

  constructor(
    parts: Iterable<BlobPart>,
    name: string,
    options: { readonly type?: string; readonly lastModified?: number } = {},
  ) {
    super(parts, options)
    this.name = String(name)
    this.lastModified = options.lastModified ?? Date.now()
  }

  override get [Symbol.toStringTag](): string {
    return 'File'
  }
}

function partBytes(part: BlobPart): Uint8Array {
  if (part instanceof Blob) return blobBytes(part)
  return isBufferSource(part) ? copyBytes(part) : new TextEncoder().encode(String(part))
}
