import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Storage } from '../../storage/index.ts'

/** Files below one folder; no ranges, because tarballs are read whole. */
export class FolderStorage implements Storage {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async read(tenant: string, file: string): Promise<Readable> {
    return createReadStream(this.#at(tenant, file))
  }

  async write(
    tenant: string,
    file: string,
    data: Readable | Uint8Array | string,
  ): Promise<{ readonly sizeBytes: number }> {
    const target = this.#at(tenant, file)
    await mkdir(path.dirname(target), { recursive: true })
    const source = data instanceof Readable ? data : Readable.from([data])
    await pipeline(source, createWriteStream(`${target}.part`))
    await rename(`${target}.part`, target)
    return { sizeBytes: (await stat(target)).size }
  }

  async stat(
    tenant: string,
    file: string,
  ): Promise<{ readonly sizeBytes: number; readonly modifiedAtMs: number } | undefined> {
    const found = await stat(this.#at(tenant, file)).catch(() => undefined)
    return found === undefined ? undefined : { sizeBytes: found.size, modifiedAtMs: found.mtimeMs }
  }

  async list(
    tenant: string,
    prefix: string,
  ): Promise<readonly { readonly path: string; readonly sizeBytes: number }[]> {
    const names = await readdir(this.#at(tenant, prefix)).catch(() => [])
    return names.map((name) => ({ path: path.posix.join(prefix, name), sizeBytes: 0 }))
  }

  async delete(tenant: string, file: string): Promise<boolean> {
    const existed = (await this.stat(tenant, file)) !== undefined
    await rm(this.#at(tenant, file), { force: true })
    return existed
  }

  async deletePrefix(tenant: string, prefix: string): Promise<number> {
    const files = await this.list(tenant, prefix)
    for (const { path: file } of files) await this.delete(tenant, file)
    return files.length
  }

  #at(tenant: string, file: string): string {
    return path.join(this.#root, tenant, file)
  }
}
