import { isDeepStrictEqual } from 'node:util'
import type { PluginVersionRecord, PluginVersionRepository } from '../repository.ts'
import { describeType, type TypeDescription } from './describe-type.ts'
import { type InstalledVersion, type LocateBundle, toInstalledVersion } from './installed-version.ts'
import { jsonSchemaOf, type TypeSchema } from './json-schema.ts'
import { listGroups, type PluginGroup } from './list-groups.ts'
import { listPackages, type PackageView } from './list-packages.ts'
import { Snapshot } from './snapshot.ts'
import { createTypePolicy, type TypePolicy, type TypePolicyOptions } from './type-policy.ts'
import type { FindOffering } from './unknown-type.ts'

export interface CatalogOptions {
  readonly repository: PluginVersionRepository
  readonly locateBundle: LocateBundle
  /** `plugins.security`. */
  readonly security?: TypePolicyOptions
  /** By package, the version that came with this release: what CURRENT means. */
  readonly bundledVersions?: ReadonlyMap<string, string>
  readonly findOffering?: FindOffering
}

/** Told after each change, once the new snapshot is the current one. A listener that throws stops nobody else. */
export type CatalogListener = (current: Snapshot, previous: Snapshot) => void

/**
 * What is installed, as one immutable snapshot at a time. Whoever needs several answers that agree takes `current`
 * once and asks that.
 */
export class Catalog {
  readonly #options: CatalogOptions
  readonly #policy: TypePolicy
  readonly #listeners = new Set<CatalogListener>()
  readonly #onListenerError: (error: unknown) => void
  #versions = new Map<string, InstalledVersion>()
  #current: Snapshot
  /** The last change asked for: changes are applied one after another, in the order they were asked for. */
  #lastChange: Promise<void> = Promise.resolve()

  /** @throws PluginError `PLUGIN_POLICY_INVALID` */
  constructor(
    options: CatalogOptions,
    onListenerError: (error: unknown) => void = (error) => queueMicrotask(() => rethrow(error)),
  ) {
    this.#options = options
    this.#policy = createTypePolicy(options.security ?? {})
    this.#onListenerError = onListenerError
    this.#current = this.#makeSnapshot(0)
  }

  get current(): Snapshot {
    return this.#current
  }

  /** Reads all installed versions again: at start, and as the safety net behind the pushed changes. */
  refresh(): Promise<void> {
    return this.#change(async () => {
      const records = await this.#options.repository.list()
      const versions = new Map(records.map((record) => [keyOf(record), this.#reuse(record)]))
      const isUnchanged =
        versions.size === this.#versions.size &&
        [...versions].every(([key, version]) => this.#versions.get(key) === version)
      return isUnchanged ? undefined : versions
    })
  }

  /** Reads single versions again after they changed, so that a change costs what changed and not what is installed. */
  reload(changed: readonly { readonly packageName: string; readonly version: string }[]): Promise<void> {
    return this.#change(async () => {
      const versions = new Map(this.#versions)
      for (const { packageName, version } of changed) {
        const key = keyOf({ packageName, version })
        const record = await this.#options.repository.find(packageName, version)
        if (record === undefined) versions.delete(key)
        else versions.set(key, this.#reuse(record))
      }
      return versions
    })
  }

  /** Reads all known versions of a package again. */
  reloadPackage(packageName: string): Promise<void> {
    const known = [...this.#versions.values()].map(({ record }) => record)
    return this.reload(known.filter((record) => record.packageName === packageName))
  }

  /** @returns a function that ends it */
  onChange(listener: CatalogListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Installed packages in every state, sorted by name, versions newest first. */
  listPackages(): readonly PackageView[] {
    return listPackages(this.#current)
  }

  /** Packages and their subgroups with their types, as the page of all plugins shows them. */
  listGroups(): readonly PluginGroup[] {
    return listGroups(this.#current)
  }

  /** A type's documentation. @param version - exact; the newest without it. @returns undefined if it is not active */
  describeType(type: string, version?: string): TypeDescription | undefined {
    return describeType(this.#current, type, version)
  }

  /** @param version - exact; the newest without it. @returns undefined if it is not active */
  jsonSchemaOf(type: string, version?: string): TypeSchema | undefined {
    return jsonSchemaOf(this.#current, type, version)
  }

  #change(load: () => Promise<Map<string, InstalledVersion> | undefined>): Promise<void> {
    const change = this.#lastChange.then(async () => {
      const versions = await load()
      if (versions === undefined) return
      const previous = this.#current
      this.#versions = versions
      this.#current = this.#makeSnapshot(previous.generation + 1)
      for (const listener of this.#listeners) this.#tell(listener, previous)
    })
    // A change that failed is its caller's to report; the next one starts afresh.
    this.#lastChange = change.catch(() => undefined)
    return change
  }

  #tell(listener: CatalogListener, previous: Snapshot): void {
    try {
      listener(this.#current, previous)
    } catch (error) {
      this.#onListenerError(error)
    }
  }

  #makeSnapshot(generation: number): Snapshot {
    return new Snapshot({
      generation,
      versions: [...this.#versions.values()],
      policy: this.#policy,
      bundledVersions: this.#options.bundledVersions ?? new Map(),
      findOffering: this.#options.findOffering ?? (() => undefined),
    })
  }

  /** Keeps what was compiled for a version as long as its bytes and permissions are the same. */
  #reuse(record: PluginVersionRecord): InstalledVersion {
    const known = this.#versions.get(keyOf(record))
    if (known === undefined) return toInstalledVersion(record, this.#options.locateBundle)
    if (isDeepStrictEqual(known.record, record)) return known
    const isSameCode =
      known.record.integrity === record.integrity &&
      isDeepStrictEqual(known.record.grantedPermissions, record.grantedPermissions)
    return isSameCode
      ? { record, types: known.types }
      : toInstalledVersion(record, this.#options.locateBundle)
  }
}

function keyOf(version: { readonly packageName: string; readonly version: string }): string {
  return `${version.packageName}@${version.version}`
}

function rethrow(error: unknown): never {
  throw error
}
