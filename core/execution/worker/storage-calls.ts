import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { AttemptCalls } from '../../runtime/index.ts'
import { formatStorageUri, type Storage } from '../../storage/index.ts'
import { ExecutionError } from '../errors.ts'
import { MAX_OPEN_UPLOADS } from '../limits.ts'
import { reachablePath, type StorageReach } from './storage-reach.ts'

/** Where an attempt may read and write. */
export interface StorageGrant extends StorageReach {
  /** Where new files go. */
  readonly outputPath: string
}

interface Upload {
  readonly stream: PassThrough
  readonly written: Promise<unknown>
  readonly uri: string
}

/** The storage calls of one attempt. Uploads that were not ended are thrown away with it. */
export class StorageCalls {
  readonly #storage: Storage
  readonly #grant: StorageGrant
  readonly #uploads = new Map<string, Upload>()
  readonly #written = new Set<string>()

  constructor(storage: Storage, grant: StorageGrant) {
    this.#storage = storage
    this.#grant = grant
  }

  async read(
    params: AttemptCalls['storage.read']['params'],
  ): Promise<AttemptCalls['storage.read']['result']> {
    const path = this.#readable(params.uri)
    const { sizeBytes } = (await this.#storage.stat(this.#grant.tenant, path)) ?? missing(params.uri)
    const { offset, length } = params
    if (offset >= sizeBytes) return { base64: '', sizeBytes }
    const data = await buffer(await this.#storage.read(this.#grant.tenant, path, { offset, length }))
    return { base64: data.toString('base64'), sizeBytes }
  }

  async stat(uri: string): Promise<AttemptCalls['storage.stat']['result']> {
    const stat = await this.#storage.stat(this.#grant.tenant, this.#readable(uri))
    return stat === undefined ? null : { sizeBytes: stat.sizeBytes }
  }

  async write(
    params: AttemptCalls['storage.write']['params'],
  ): Promise<AttemptCalls['storage.write']['result']> {
    const upload = this.#uploads.get(params.uploadId) ?? this.#open(params.uploadId, params.name)
    const chunk = Buffer.from(params.base64, 'base64')
    if (chunk.length > 0 && !upload.stream.write(chunk)) {
      await Promise.race([new Promise((resolve) => upload.stream.once('drain', resolve)), upload.written])
    }
    if (!params.done) return { uri: null }
    this.#uploads.delete(params.uploadId)
    upload.stream.end()
    await upload.written
    this.#written.add(upload.uri)
    return { uri: upload.uri }
  }

  async delete(uri: string): Promise<null> {
    await this.#storage.delete(this.#grant.tenant, this.#readable(uri))
    return null
  }

  close(): void {
    for (const { stream, written } of this.#uploads.values()) {
      written.catch(() => undefined)
      stream.destroy(new Error('The attempt ended before the upload did.'))
    }
    this.#uploads.clear()
  }

  #open(uploadId: string, name: string): Upload {
    if (this.#uploads.size >= MAX_OPEN_UPLOADS) {
      throw new ExecutionError(
        'TASK_STORAGE_REFUSED',
        `A task may have ${MAX_OPEN_UPLOADS} files open for writing at once.`,
      )
    }
    const path = `${this.#grant.outputPath}/${name}`
    const stream = new PassThrough()
    const upload = {
      stream,
      written: this.#storage.write(this.#grant.tenant, path, stream),
      uri: formatStorageUri(path),
    }
    this.#uploads.set(uploadId, upload)
    return upload
  }

  #readable(uri: string): string {
    const { tenant, namespacePath } = this.#grant
    const wasHandedOver = (each: string) => this.#written.has(each) || this.#grant.wasHandedOver(each)
    return reachablePath(uri, { tenant, namespacePath, wasHandedOver })
  }
}

function missing(uri: string): never {
  throw new ExecutionError('TASK_STORAGE_MISSING', `There is no file ${uri}.`)
}
