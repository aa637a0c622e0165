import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isJsonObject } from '../json-value.ts'
import type { Repository } from './repository.ts'

export interface KeptPackument {
  /** By which the repository knows whether it is still right. */
  readonly etag: string
  readonly packument: unknown
}

/**
 * The last packument of each package, a file each, so that a repository only has to confirm it. npm's own cache is not
 * used: it keeps every answer there ever was, opens a file that it never closes when an answer breaks off, and takes an
 * old answer for a new one when the repository cannot be reached.
 */
export class KeptPackuments {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** undefined also if what was kept cannot be read any more: it is then asked for anew. */
  async find(repository: Repository, packageName: string): Promise<KeptPackument | undefined> {
    try {
      const kept: unknown = JSON.parse(await readFile(this.#pathOf(repository, packageName), 'utf8'))
      if (!isJsonObject(kept) || typeof kept['etag'] !== 'string') return undefined
      return { etag: kept['etag'], packument: kept['packument'] }
    } catch {
      return undefined
    }
  }

  /** A lookup does not fail because its answer could not be kept. */
  async keep(repository: Repository, packageName: string, kept: KeptPackument): Promise<void> {
    const path = this.#pathOf(repository, packageName)
    const partialPath = `${path}.${randomUUID()}.partial`
    try {
      await mkdir(this.#folder, { recursive: true })
      await writeFile(partialPath, JSON.stringify(kept), { mode: 0o600 })
      await rename(partialPath, path)
    } catch {
      await rm(partialPath, { force: true }).catch(() => undefined)
    }
  }

  #pathOf(repository: Repository, packageName: string): string {
    const key = createHash('sha256').update(`${repository.url.href} ${packageName}`).digest('hex')
    return join(this.#folder, `${key}.json`)
  }
}
