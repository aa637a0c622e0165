/** Joins parts into one array of their exact length. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.byteLength
  }
  return joined
}

/** The bytes behind any BufferSource, copied: what plugin code does with its own afterwards is not seen. */
export function copyBytes(source: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source).slice()
}

export function isBufferSource(value: unknown): value is ArrayBuffer | ArrayBufferView {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value)
}

/** Cuts or gathers data into pieces of `sizeBytes`; the last may be shorter, and none is empty. */
export async function* toChunks(
  data: string | Uint8Array | ReadableStream<Uint8Array>,
  sizeBytes: number,
): AsyncGenerator<Uint8Array> {
  let gathered: Uint8Array[] = []
  let gatheredBytes = 0
  for await (const part of piecesOf(data)) {
    for (let offset = 0; offset < part.byteLength; ) {
      const taken = part.subarray(offset, offset + sizeBytes - gatheredBytes)
      gathered.push(taken)
      gatheredBytes += taken.byteLength
      offset += taken.byteLength
      if (gatheredBytes === sizeBytes) {
        yield concatBytes(gathered)
        gathered = []
        gatheredBytes = 0
      }
    }
  }
  if (gatheredBytes > 0) yield concatBytes(gathered)
}

async function* piecesOf(data: string | Uint8Array | ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (typeof data === 'string') yield new TextEncoder().encode(data)
  else if (ArrayBuffer.isView(data)) yield data
  else {
    const reader = data.getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        if (!ArrayBuffer.isView(value)) throw new TypeError('A stream to store must give Uint8Arrays.')
        yield value
      }
    } finally {
      reader.releaseLock()
    }
  }
}
