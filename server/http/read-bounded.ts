import type { IncomingMessage } from 'node:http'
import { ServerError } from '../errors.ts'

/**
 * Reads a whole body.
 *
 * @throws ServerError `HTTP_BODY_TOO_LARGE` as soon as that is known, `HTTP_MEDIA_TYPE_UNSUPPORTED` for a compressed one
 */
export async function readBounded(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  checkDeclared(request, maxBytes)
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    sizeBytes += bytes.length
    if (sizeBytes > maxBytes) throw tooLarge(maxBytes)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks, sizeBytes)
}

/** Refuses by the headers alone what need not be read. */
export function checkDeclared(request: IncomingMessage, maxBytes: number): void {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity') {
    throw new ServerError(
      'HTTP_MEDIA_TYPE_UNSUPPORTED',
      `A body with the encoding "${encoding}" is not taken.`,
      {
        hint: 'Send it uncompressed.',
      },
    )
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes)
}

export function tooLarge(maxBytes: number): ServerError {
  return new ServerError('HTTP_BODY_TOO_LARGE', `The body is larger than ${maxBytes} bytes.`, {
    hint: 'An administrator can raise limits.jsonBody, limits.upload or limits.inputFiles.',
  })
}
