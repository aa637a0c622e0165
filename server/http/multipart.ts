import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy'
import { ServerError } from '../errors.ts'
import { MULTIPART_FIELD_BYTES, MULTIPART_PARTS } from '../limits.ts'
import type { IncomingBody } from './body-reader.ts'
import { checkDeclared, tooLarge } from './read-bounded.ts'

/** A file of a request, on disk until the request ends. */
export interface UploadedFile {
  /** Name of the multipart part; empty for a body that is the file. */
  readonly part: string
  /** As the client named it: never a path to use. */
  readonly fileName: string
  readonly path: string
  readonly sizeBytes: number
}

export interface MultipartParts {
  readonly fields: ReadonlyMap<string, string>
  readonly files: readonly UploadedFile[]
}

/**
 * Reads a multipart body, files to disk as they come.
 *
 * @param maxBytes - of the whole body
 * @throws ServerError `HTTP_BODY_TOO_LARGE`, `HTTP_BODY_INVALID` (also for a part given twice or too many parts)
 */
export async function readMultipart(incoming: IncomingBody, maxBytes: number): Promise<MultipartParts> {
  const { request } = incoming
  checkDeclared(request, maxBytes)
  const scratchDir = await incoming.scratchDir()
  const fields = new Map<string, string>()
  const writes: Promise<UploadedFile>[] = []
  let fault: ServerError | undefined
  const parser = openParser(
    { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
    maxBytes,
  )
  parser.on('field', (name, value, _nameTruncated, valueTruncated) => {
    if (valueTruncated)
      fault ??= invalid(`The field "${name}" is larger than ${MULTIPART_FIELD_BYTES} bytes.`)
    if (fields.has(name)) fault ??= invalid(`The field "${name}" is there twice.`)
    fields.set(name, value)
  })
  parser.on('file', (part, stream, fileName) => {
    const path = join(scratchDir, `part-${writes.length}`)
    const written = writeFile(stream, path).then((sizeBytes) => {
      if (stream.truncated === true) throw tooLarge(maxBytes)
      return { part, fileName: fileName ?? '', path, sizeBytes }
    })
    // Awaited below, together: until then a failure must not count as unhandled.
    written.catch(() => undefined)
    writes.push(written)
  })
  parser.on('partsLimit', () => {
    fault ??= invalid(`More than ${MULTIPART_PARTS} parts.`)
  })
  await pipeline(bounded(request, maxBytes), parser).catch((error: unknown) => {
    if (error instanceof ServerError) throw error
    throw invalid(
      `The multipart body cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      error,
    )
  })
  const files = await Promise.all(writes)
  if (fault !== undefined) throw fault
  return { fields, files }
}

function openParser(headers: BusboyHeaders, maxBytes: number): BusboyInstance {
  try {
    return new Busboy({
      headers,
      limits: {
        parts: MULTIPART_PARTS,
        fieldSize: MULTIPART_FIELD_BYTES,
        fieldNameSize: 256,
        fileSize: maxBytes,
      },
    })
  } catch (error) {
    throw invalid('The Content-Type of the multipart body has no usable boundary.', error)
  }
}

async function* bounded(source: AsyncIterable<unknown>, maxBytes: number): AsyncGenerator<Buffer> {
  let sizeBytes = 0
  for await (const chunk of source) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    sizeBytes += bytes.length
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes)
    yield bytes
  }
}

/** Writes a stream to a new file. @returns its size in bytes. */
export async function writeFile(
  stream: Readable,
  path: string,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<number> {
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  await pipeline(bounded(stream, maxBytes), target)
  return target.bytesWritten
}

function invalid(message: string, cause?: unknown): ServerError {
  return new ServerError('HTTP_BODY_INVALID', message, cause === undefined ? {} : { cause })
}
