import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import type { InstallState, PluginVersionRecord, PluginVersionRepository } from '../repository.ts'

/** Rows in memory or, with a file, in one that is replaced whole by each change: a store that outlives a kill. */
export class VersionRows implements PluginVersionRepository {
  readonly #rows = new Map<string, PluginVersionRecord>()
  readonly #file: string | undefined
  #lastWrite: Promise<void> = Promise.resolve()

  constructor(records: readonly PluginVersionRecord[] = [], file?: string) {
    this.#file = file
    for (const record of records) this.#rows.set(keyOf(record.packageName, record.version), record)
  }

  static open(file: string): VersionRows {
    try {
      const records: PluginVersionRecord[] = JSON.parse(readFileSync(file, 'utf8'))
      return new VersionRows(records, file)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
        return new VersionRows([], file)
      throw error
    }
  }

  async list(): Promise<readonly PluginVersionRecord[]> {
    return [...this.#rows.values()]
  }

  async find(packageName: string, version: string): Promise<PluginVersionRecord | undefined> {
    return this.#rows.get(keyOf(packageName, version))
  }

  async save(record: PluginVersionRecord): Promise<void> {
    this.#rows.set(keyOf(record.packageName, record.version), record)
    await this.#write()
  }

  async transition(
    packageName: string,
    version: string,
    from: InstallState,
    to: InstallState,
    reason?: string,
  ): Promise<boolean> {
    const record = this.#rows.get(keyOf(packageName, version))
    if (record?.state !== from) return false
    const { reason: _, ...rest } = record
    await this.save({ ...rest, state: to, ...(reason === undefined ? {} : { reason }) })
    return true
  }

  async remove(packageName: string, version: string): Promise<void> {
    this.#rows.delete(keyOf(packageName, version))
    await this.#write()
  }

  async saveDistTags(packageName: string, tags: Readonly<Record<string, string>>): Promise<void> {
    for (const [key, record] of this.#rows) {
      if (record.packageName !== packageName) continue
      const distTags = Object.keys(tags).filter((tag) => tags[tag] === record.version)
      this.#rows.set(key, { ...record, distTags })
    }
    await this.#write()
  }

  async saveDeprecation(packageName: string, version: string, message: string | undefined): Promise<void> {
    const record = this.#rows.get(keyOf(packageName, version))
    if (record === undefined) return
    const { deprecatedMessage: _, ...rest } = record
    await this.save({ ...rest, ...(message === undefined ? {} : { deprecatedMessage: message }) })
  }

  #write(): Promise<void> {
    const file = this.#file
    if (file === undefined) return Promise.resolve()
    this.#lastWrite = this.#lastWrite.then(async () => {
      const handle = await open(`${file}.new`, 'w')
      await handle.writeFile(JSON.stringify([...this.#rows.values()]))
      await handle.sync()
      await handle.close()
      await rename(`${file}.new`, file)
    })
    return this.#lastWrite
  }
}

function keyOf(packageName: string, version: string): string {
  return `${packageName}@${version}`
}
