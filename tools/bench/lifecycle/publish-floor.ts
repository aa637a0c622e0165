import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { extract } from 'tar'
import type { PackedVersion } from './packed-version.ts'

/** The least that publishing and installing can cost: the same body to a server that only keeps it, and the tarball unpacked. */
export class PublishFloor {
  readonly #url: string
  readonly #folder: string

  /** @param url - of `plain-put-server.ts` */
  constructor(url: string, folder: string) {
    this.#url = url
    this.#folder = folder
  }

  /** Milliseconds. */
  async measure({ version, publishBody, tarballPath }: PackedVersion): Promise<number> {
    const startedAtMs = performance.now()
    const response = await fetch(this.#url, { method: 'PUT', body: publishBody })
    await response.arrayBuffer()
    const cwd = join(this.#folder, `extracted-${version}`)
    await mkdir(cwd)
    await extract({ cwd, file: tarballPath })
    return performance.now() - startedAtMs
  }
}
