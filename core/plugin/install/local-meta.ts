import type { Catalog } from '../catalog/index.ts'
import type { PluginVersionRecord } from '../repository.ts'
import type { BundleFolder } from './bundle-folder.ts'
import { describeVersion } from './parts.ts'

/**
 * Keeps `plugins.meta` in step with the catalog: what should be in the plugins folder, for people and scripts who look
 * into it. Nothing reads it back.
 */
export class LocalMeta {
  readonly #folder: BundleFolder
  readonly #catalog: Catalog
  readonly #onFault: (subject: string, error: unknown) => void
  #lastWrite: Promise<void> = Promise.resolve()

  constructor(folder: BundleFolder, catalog: Catalog, onFault: (subject: string, error: unknown) => void) {
    this.#folder = folder
    this.#catalog = catalog
    this.#onFault = onFault
    catalog.onChange(() => this.#write())
  }

  /** Resolves when all changes so far are written. */
  settled(): Promise<void> {
    return this.#lastWrite
  }

  /** One write at a time, of what is current when its turn comes. */
  #write(): void {
    this.#lastWrite = this.#lastWrite
      .then(() => this.#folder.writeMeta(describeInstalled(this.#catalog.current.records)))
      .catch((error: unknown) => this.#onFault('plugins.meta', error))
  }
}

function describeInstalled(records: readonly PluginVersionRecord[]): unknown {
  return {
    metaVersion: 1,
    plugins: records
      .map(({ packageName, version, state, integrity, repository, manifest }) => ({
        packageName,
        version,
        state,
        integrity,
        repository,
        bundleSha512: manifest.bundle.sha512,
      }))
      .sort((left, right) => (describeVersion(left) < describeVersion(right) ? -1 : 1)),
  }
}
