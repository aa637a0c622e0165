import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { Catalog } from '../catalog/index.ts'
import { createCoordinates } from '../coordinates/index.ts'
import { PluginError } from '../errors.ts'
import { inspectPackage } from '../inspect/index.ts'
import {
  DEFAULT_ACTIVATION_TIMEOUT_MS,
  DEFAULT_CLOSE_GRACE_MS,
  DEFAULT_CONCURRENT_INSTALLS,
  DEFAULT_ORPHAN_GRACE_MS,
  MAX_WAITING_INSTALLS,
} from '../limits.ts'
import type { PluginVersionRecord } from '../repository.ts'
import { acquireFromFile, acquireFromSource, checkSize, integrityOf } from './acquire.ts'
import { BundleFolder } from './bundle-folder.ts'
import { choosePublished, lookUpPackage } from './choose-published.ts'
import { DEVELOPMENT, type DevelopmentBuild, installDevelopment } from './development.ts'
import {
  type AcquireTarball,
  type InstallOutcome,
  type InstallTarget,
  installVersion,
} from './install-version.ts'
import { LocalMeta } from './local-meta.ts'
import type { PackageOffer, PluginManagerOptions, RemovalOutcome } from './manager-options.ts'
import { PackageArchive } from './package-archive.ts'
import {
  applyDeprecations,
  applyDistTags,
  type EventOutcome,
  isNoPlugin,
  isStillUsed,
  type PackageEvent,
} from './package-event.ts'
import { describeVersion, type InstallParts } from './parts.ts'
import { ensureBundles, recover } from './recovery.ts'
import { finishRemoval, startRemoval } from './remove-version.ts'
import { KeyedLock, Slots } from './turns.ts'

/**
 * Installs and removes plugin versions, and keeps catalog, disk and internal storage in agreement, through crashes as
 * well. Installs of one version share one run; those of different versions run side by side, a bounded number at once.
 */
export class PluginManager {
  readonly catalog: Catalog
  readonly #parts: InstallParts
  readonly #options: PluginManagerOptions
  readonly #slots: Slots
  readonly #meta: LocalMeta
  readonly #installs = new Map<string, Promise<InstallOutcome>>()
  readonly #removals = new Map<string, Promise<void>>()
  readonly #developments = new KeyedLock()
  readonly #background = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #rescan: Promise<void> | undefined
  #isClosed = false

  /** @throws PluginError `PLUGIN_POLICY_INVALID`, `PLUGIN_COORDINATE_INVALID` for options that make no sense */
  constructor(options: PluginManagerOptions) {
    const folder = new BundleFolder(options.folder)
    this.#options = options
    this.#slots = new Slots(options.concurrentInstalls ?? DEFAULT_CONCURRENT_INSTALLS, MAX_WAITING_INSTALLS)
    this.catalog = new Catalog({ ...options, locateBundle: (manifest) => folder.locate(manifest) }, (error) =>
      options.onFault('catalog', error),
    )
    const { archive, groupScopes } = options
    this.#parts = {
      repository: options.repository,
      source: options.source,
      openTarball: options.openTarball,
      catalog: this.catalog,
      coordinates: createCoordinates(groupScopes),
      folder,
      archive: archive === undefined ? undefined : new PackageArchive({ ...archive, groupScopes }),
      listActivators: options.listActivators,
      unload: options.unload,
      listUsers: options.listUsers,
      grantPermissions: options.grantPermissions,
      inBackground: (subject, work) => this.#own(subject, work),
      nowMs: options.nowMs ?? Date.now,
      activationTimeoutMs: options.activationTimeoutMs ?? DEFAULT_ACTIVATION_TIMEOUT_MS,
      onStep: options.onStep ?? (() => undefined),
      bundleLock: new KeyedLock(),
    }
    this.#meta = new LocalMeta(folder, this.catalog, options.onFault)
  }

  /** Ends what a crash left half done and fills the catalog. Comes before everything else. */
  async start(): Promise<void> {
    await recover(this.#parts, this.#options.orphanGraceMs ?? DEFAULT_ORPHAN_GRACE_MS, this.#options.onFault)
    const intervalMs = this.#options.rescanIntervalMs ?? 0
    if (intervalMs > 0) this.#timer = setInterval(() => this.#rescanInBackground(), intervalMs).unref()
  }

  /**
   * Installs what a coordinate means, as `@pinion/plugin-aws@^1` or `io.kestra.plugin:plugin-aws:LATEST`. Other
   * versions stay. A version that is installed already is kept.
   *
   * @throws PluginError of every kind that a package can be refused for; errors of the package source pass through
   */
  async install(coordinate: string): Promise<InstallOutcome> {
    this.#assertOpen()
    const wanted = this.#parts.coordinates.parse(coordinate)
    if (wanted.request.kind === 'exact') {
      const record = await this.#parts.repository.find(wanted.packageName, wanted.request.version)
      if (record?.state === 'ACTIVE') return { outcome: 'kept', record }
    }
    const published = await lookUpPackage(this.#parts.source, wanted.packageName)
    const target = { packageName: wanted.packageName, version: choosePublished(wanted, published) }
    return this.#install(target, acquireFromSource(this.#parts, target, published))
  }

  /**
   * Installs an uploaded tarball under the name and version it gives itself.
   *
   * @throws PluginError as {@link install}; `PLUGIN_VERSION_CONFLICT` if other bytes are installed under that version
   */
  async installTarball(tarballPath: string): Promise<InstallOutcome> {
    this.#assertOpen()
    await checkSize(tarballPath, 'The uploaded package')
    const integrity = await integrityOf(tarballPath)
    const inspected = await inspectPackage(this.#parts.openTarball, tarballPath)
    const target = { packageName: inspected.manifest.name, version: inspected.manifest.version }
    const outcome = await this.#install(target, async () => ({
      tarballPath,
      integrity,
      repository: 'upload',
      inspected,
    }))
    if (isDeepStrictEqual(outcome.record.manifest, inspected.manifest)) return outcome
    throw conflict(outcome.record)
  }

  /**
   * Removes one version; other versions stay. Answers when nothing new can start on it.
   *
   * @param options - `force`: also while flows use it
   * @throws PluginError `PLUGIN_VERSION_NOT_INSTALLED`, `PLUGIN_VERSION_IN_USE` listing the flows
   */
  async uninstall(
    packageName: string,
    version: string,
    options: { readonly force?: boolean } = {},
  ): Promise<RemovalOutcome> {
    this.#assertOpen()
    const key = describeVersion({ packageName, version })
    // An install under way ends first, one way or the other: its own caller hears of a failure.
    await this.#installs.get(key)?.catch(() => undefined)
    const record = await startRemoval(this.#parts, packageName, version, options.force ?? false)
    const removal = this.#removals.get(key) ?? this.#finishRemoval(key, record)
    return { record, whenRemoved: () => removal }
  }

  /**
   * Makes a build of a plugin under development live in place of the one before it.
   *
   * @throws PluginError as {@link installTarball}; `PLUGIN_VERSION_CONFLICT` if that version is published
   */
  async develop(build: DevelopmentBuild): Promise<PluginVersionRecord> {
    this.#assertOpen()
    return this.#developments.run(DEVELOPMENT, async () => {
      const { record, free } = await installDevelopment(this.#parts, build)
      this.#parts.inBackground(describeVersion(record), free())
      return record
    })
  }

  /** Takes the version of a package that is under development out again. @returns whether there was one */
  async endDevelopment(packageName: string): Promise<boolean> {
    this.#assertOpen()
    const developed = this.catalog.current.records.filter(
      ({ packageName: name, repository, state }) =>
        name === packageName && repository === DEVELOPMENT && state !== 'DRAINING',
    )
    for (const { version } of developed) await this.uninstall(packageName, version, { force: true })
    return developed.length > 0
  }

  /** What the repositories offer of a package; installs nothing. @throws PluginError as {@link install} */
  async resolve(coordinate: string): Promise<PackageOffer> {
    const wanted = this.#parts.coordinates.parse(coordinate)
    const published = await lookUpPackage(this.#parts.source, wanted.packageName)
    return {
      published,
      chosenVersion: choosePublished(wanted, published),
      installedVersions: this.catalog.current.records
        .filter(({ packageName }) => packageName === wanted.packageName)
        .map(({ version }) => version),
    }
  }

  /**
   * Follows a registry: installs what was published there, removes what was unpublished, takes over dist-tags and
   * deprecations. Events about packages that are no plugins, or not installed, are ignored.
   *
   * @param repository - whose event it is, for the record
   * @throws PluginError if a published plugin cannot be installed
   */
  async handle(event: PackageEvent, repository: string): Promise<EventOutcome> {
    this.#assertOpen()
    switch (event.type) {
      case 'published':
        return this.#handlePublished(event, repository)
      case 'unpublished':
        return this.#handleUnpublished(event)
      case 'distTagsChanged': {
        const isChanged = await applyDistTags(this.#parts, event.name, event.distTags)
        return { outcome: isChanged ? 'updated' : 'ignored' }
      }
      case 'deprecated': {
        const isChanged = await applyDeprecations(this.#parts, event.name, event.versions)
        return { outcome: isChanged ? 'updated' : 'ignored' }
      }
      default:
        return event satisfies never
    }
  }

  /** The safety net behind pushed changes: reads the rows again and fetches the bundles that other servers installed. */
  rescan(): Promise<void> {
    this.#assertOpen()
    this.#rescan ??= this.#rescanNow().finally(() => {
      this.#rescan = undefined
    })
    return this.#rescan
  }

  /**
   * Waits for installs under way, and for removals up to `graceMs`: one that still waits for a task goes on at the next
   * start.
   */
  async close(graceMs: number = DEFAULT_CLOSE_GRACE_MS): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#timer)
    await Promise.allSettled([...this.#installs.values(), this.#rescan])
    const patience = new AbortController()
    await Promise.race([
      Promise.all([...this.#removals.values(), ...this.#background]),
      delay(graceMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ])
    patience.abort()
    await this.#meta.settled()
  }

  async #handlePublished(
    event: Extract<PackageEvent, { type: 'published' }>,
    repository: string,
  ): Promise<EventOutcome> {
    const { tarballPath, integrity, distTags } = event
    const target = { packageName: event.name, version: event.version }
    const acquire =
      tarballPath === undefined
        ? acquireFromSource(this.#parts, target, {
            packageName: event.name,
            repository,
            distTags,
            versions: [{ version: event.version, integrity }],
          })
        : acquireFromFile(target, { tarballPath, integrity, repository, distTags })
    try {
      const { outcome, record } = await this.#install(target, acquire)
      // Unpublished while a flow used it, then published again with other bytes.
      if (record.integrity !== integrity) throw conflict(record)
      return { outcome }
    } catch (error) {
      if (isNoPlugin(error)) return { outcome: 'ignored' }
      throw error
    }
  }

  async #handleUnpublished(event: Extract<PackageEvent, { type: 'unpublished' }>): Promise<EventOutcome> {
    const removed: string[] = []
    const kept: string[] = []
    const installed = this.catalog.current.records.filter(
      (record) => record.packageName === event.name && event.versions.includes(record.version),
    )
    for (const { packageName, version } of installed) {
      try {
        await this.uninstall(packageName, version)
        removed.push(version)
      } catch (error) {
        if (!isStillUsed(error)) throw error
        kept.push(version)
      }
    }
    await applyDistTags(this.#parts, event.name, event.distTags)
    return installed.length === 0
      ? { outcome: 'ignored' }
      : { outcome: 'removed', versions: removed, keptVersions: kept }
  }

  #install(target: InstallTarget, acquire: AcquireTarball): Promise<InstallOutcome> {
    const key = describeVersion(target)
    const underWay = this.#installs.get(key)
    if (underWay !== undefined) return underWay
    const run = this.#slots
      .run(() => installVersion(this.#parts, target, acquire))
      .finally(() => this.#installs.delete(key))
    this.#installs.set(key, run)
    return run
  }

  #finishRemoval(key: string, record: PluginVersionRecord): Promise<void> {
    const removal = finishRemoval(this.#parts, record)
      .catch((error: unknown) => this.#options.onFault(key, error))
      .finally(() => this.#removals.delete(key))
    this.#removals.set(key, removal)
    return removal
  }

  #own(subject: string, work: Promise<void>): void {
    const owned = work
      .catch((error: unknown) => this.#options.onFault(subject, error))
      .finally(() => this.#background.delete(owned))
    this.#background.add(owned)
  }

  async #rescanNow(): Promise<void> {
    await ensureBundles(this.#parts, this.#options.onFault)
    await this.catalog.refresh()
  }

  #rescanInBackground(): void {
    this.rescan().catch((error: unknown) => this.#options.onFault('rescan', error))
  }

  #assertOpen(): void {
    if (!this.#isClosed) return
    throw new PluginError('PLUGIN_MANAGER_CLOSED', 'The server is shutting down.', {
      hint: 'Try again when it is up.',
    })
  }
}

function conflict(installed: PluginVersionRecord): PluginError {
  return new PluginError(
    'PLUGIN_VERSION_CONFLICT',
    `${describeVersion(installed)} is installed already, with other contents (from ${installed.repository}).`,
    { hint: 'Raise the version in package.json and build it again: an installed version never changes.' },
  )
}
