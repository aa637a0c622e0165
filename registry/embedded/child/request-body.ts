import { createHash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { isJsonObject, type JsonObject, objectOrEmpty } from '../../json-value.ts'
import { MAX_METADATA_BYTES } from '../../limits.ts'
import { AttachmentScanner } from './attachment-scanner.ts'
import { Refusal } from './refusal.ts'

/** A tarball that came in a request, as a complete and synced file. */
export interface ReceivedTarball {
  readonly path: string
  readonly sizeBytes: number
  /** `sha512-…` */
  readonly integrity: string
  /** Hexadecimal sha1. */
  readonly shasum: string
}

export interface ReceivedBody {
  readonly json: unknown
  readonly tarball: ReceivedTarball | undefined
}

/**
 * Receives the JSON body of a change, its tarball going to a file as it streams in.
 *
 * @param tarballPath - where the tarball goes; removed again if anything is wrong
 * @throws Refusal 413 over a bound, 400 if the body is not the JSON that npm sends
 */
export async function receiveBody(
  request: Readable,
  tarballPath: string,
  maxTarballBytes: number,
): Promise<ReceivedBody> {
  await using receiver = new TarballReceiver(tarballPath, maxTarballBytes)
  const scanner = new AttachmentScanner()
  const parts: Buffer[] = []
  let jsonBytes = 0
  // The request is not destroyed when this ends early: the client is still to read the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    for (const part of scanner.scan(chunk)) {
      if (part.type === 'data') await receiver.write(part.bytes)
      else {
        jsonBytes += part.bytes.length
        if (jsonBytes > MAX_METADATA_BYTES) {
          throw new Refusal(
            413,
            'BODY_TOO_LARGE',
            `The request has more than ${MAX_METADATA_BYTES} bytes of JSON.`,
          )
        }
        parts.push(part.bytes)
      }
    }
  }
  const json = parseJson(Buffer.concat(parts).toString('utf8'))
  refuseUnseenAttachments(json, scanner.attachments)
  return { json, tarball: scanner.attachments === 0 ? undefined : await receiver.finish() }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'BODY_INVALID', 'The request is not valid JSON.')
  }
}

/**
 * The scanner and the JSON parser must have seen the same attachments. They differ for spellings that no client uses
 * (an escaped or repeated key), which would bring two contents under one name.
 */
function refuseUnseenAttachments(json: unknown, taken: number): void {
  const attachments: JsonObject = isJsonObject(json) ? objectOrEmpty(json['_attachments']) : {}
  const contents = Object.values(attachments).map((attachment) => objectOrEmpty(attachment)['data'])
  if (contents.length > 1 || taken > 1) {
    throw new Refusal(
      400,
      'BODY_INVALID',
      'The request has more than one attachment; send the tarball alone.',
    )
  }
  if (contents.length !== taken || contents.some((content) => content !== '')) {
    throw new Refusal(400, 'BODY_INVALID', 'The tarball is not where npm clients put it in the request.')
  }
}

class TarballReceiver {
  readonly #path: string
  readonly #maxBytes: number
  readonly #sha512 = createHash('sha512')
  readonly #sha1 = createHash('sha1')
  #sizeBytes = 0
  #file: FileHandle | undefined
  #isFinished = false

  constructor(path: string, maxBytes: number) {
    this.#path = path
    this.#maxBytes = maxBytes
  }

  async write(bytes: Buffer): Promise<void> {
    this.#sizeBytes += bytes.length
    if (this.#sizeBytes > this.#maxBytes) {
      throw new Refusal(
        413,
        'TARBALL_TOO_LARGE',
        `The tarball has more than ${this.#maxBytes} bytes. List what belongs to the package under "files".`,
      )
    }
    this.#file ??= await open(this.#path, 'wx', 0o600)
    this.#sha512.update(bytes)
    this.#sha1.update(bytes)
    if (bytes.length > 0) await this.#file.writeFile(bytes)
  }

  async finish(): Promise<ReceivedTarball> {
    await this.#file?.datasync()
    this.#isFinished = true
    return {
      path: this.#path,
      sizeBytes: this.#sizeBytes,
      integrity: `sha512-${this.#sha512.digest('base64')}`,
      shasum: this.#sha1.digest('hex'),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close()
    if (!this.#isFinished) await rm(this.#path, { force: true })
  }
}
