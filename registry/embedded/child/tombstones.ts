import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { objectOrEmpty } from '../../json-value.ts'
import { readFileIfThere, replaceFileDurably } from '../storage/durable-file.ts'
import type { RegistryLayout } from '../storage/layout.ts'

/**
 * The versions that were unpublished. They are written down before the version is taken out, so a tombstone for a
 * version that is still there only says that the process died in between; it then means nothing.
 */
export class Tombstones {
  readonly #layout: RegistryLayout

  constructor(layout: RegistryLayout) {
    this.#layout = layout
  }

  async versionsOf(packageName: string): Promise<ReadonlySet<string>> {
    const text = await readFileIfThere(this.#pathOf(packageName))
    if (text === undefined) return new Set()
    return new Set(Object.keys(objectOrEmpty(objectOrEmpty(JSON.parse(text))['versions'])))
  }

  /** Durable on return. The caller holds the package's lock. */
  async add(packageName: string, versions: readonly string[], username: string): Promise<void> {
    const path = this.#pathOf(packageName)
    const text = await readFileIfThere(path)
    const earlier = objectOrEmpty(text === undefined ? undefined : JSON.parse(text))['versions']
    const record = { by: username, at: new Date().toISOString() }
    const added = Object.fromEntries(versions.map((version) => [version, record]))
    const content = { version: 1, name: packageName, versions: { ...objectOrEmpty(earlier), ...added } }
    const scratchPath = join(this.#layout.incoming, `tombstones-${randomUUID()}`)
    await replaceFileDurably(path, JSON.stringify(content, null, 2), scratchPath)
  }

  async packageNames(): Promise<readonly string[]> {
    const files = await readdir(this.#layout.tombstones)
    return files.filter((file) => file.endsWith('.json')).map((file) => decodeURIComponent(file.slice(0, -5)))
  }

  #pathOf(packageName: string): string {
    return join(this.#layout.tombstones, `${encodeURIComponent(packageName)}.json`)
  }
}
