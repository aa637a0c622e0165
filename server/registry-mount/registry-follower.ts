import type { EventOutcome, PackageEvent, PluginManager } from '@pinion/core/plugin'
import type { SettingRepository } from '@pinion/core/store'
import type { RegistryProcess } from '@pinion/registry'
import type { Log } from '../log/index.ts'

/** Settings key: everything published up to this moment (ISO 8601) was taken over. */
const WATERMARK = 'registry.followedUntil'

export interface RegistryFollowerOptions {
  readonly registry: RegistryProcess
  readonly manager: PluginManager
  readonly settings: SettingRepository
  readonly repositoryName: string
  /** Whether a published package may be installed: `plugins.management.customPluginsEnabled`. */
  readonly mayInstall: (packageName: string) => boolean
  /** npm scopes, `@` included, that another registry alone may fill: what this one has under them is left alone. */
  readonly foreignScopes: ReadonlySet<string>
  readonly log: Log
}

/**
 * Takes over what happens in the embedded registry: a published version is installed, at once. What was published while
 * nobody could take it over (a crash between the two) is found again by its time of publishing.
 */
export class RegistryFollower {
  readonly #options: RegistryFollowerOptions
  readonly #underWay = new Set<Promise<void>>()
  readonly #stops: (() => void)[] = []

  constructor(options: RegistryFollowerOptions) {
    this.#options = options
  }

  /** Catches up, then follows. */
  async start(): Promise<void> {
    const { registry } = this.#options
    for (const type of ['published', 'unpublished', 'distTagsChanged', 'deprecated'] as const) {
      this.#stops.push(registry.on(type, (event) => this.#take(event)))
    }
    this.#stops.push(
      registry.on('ready', ({ isRestart }) => {
        if (isRestart) void this.#own(this.#catchUp())
      }),
    )
    await this.#own(this.#catchUp())
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop()
    await Promise.all(this.#underWay)
  }

  #take(event: PackageEvent): void {
    const { log } = this.#options
    const take = async (): Promise<void> => {
      const seenAt = new Date().toISOString()
      try {
        const outcome = await this.#handle(event)
        log.info('A change in the registry was taken over.', {
          package: event.name,
          type: event.type,
          ...outcome,
        })
      } catch (error) {
        log.warn('A change in the registry could not be taken over.', {
          package: event.name,
          type: event.type,
          error,
        })
      }
      await this.#advance(seenAt)
    }
    void this.#own(take())
  }

  async #handle(event: PackageEvent): Promise<EventOutcome> {
    const { manager, repositoryName, mayInstall, foreignScopes } = this.#options
    const [scope = ''] = event.name.split('/', 1)
    // Else whoever may publish here could replace, remove or retag another registry's packages.
    if (foreignScopes.has(scope)) return { outcome: 'ignored' }
    if (event.type === 'published' && !mayInstall(event.name)) return { outcome: 'ignored' }
    return manager.handle(event, repositoryName)
  }

  /** While others are under way the mark stays: one of them may be older and not done. */
  async #advance(seenAt: string): Promise<void> {
    if (this.#underWay.size > 1) return
    await this.#options.settings.set(WATERMARK, seenAt)
  }

  async #catchUp(): Promise<void> {
    const { registry, settings, log } = this.#options
    const seenAt = new Date().toISOString()
    const since = (await settings.get(WATERMARK)) ?? ''
    const { packages, unreadable } = await registry.listAll()
    for (const { name, reason } of unreadable)
      log.warn('A package of the registry cannot be read.', { package: name, reason })
    for (const { name, distTags, versions } of packages) {
      for (const { version, integrity, tarballPath, publishedAt } of versions) {
        if ((publishedAt ?? '') < since) continue
        const event = { type: 'published', name, version, integrity, distTags, tarballPath } as const
        await this.#handle(event).catch((error: unknown) => {
          log.warn('A published version could not be installed.', { package: name, version, error })
        })
      }
      await this.#handle({ type: 'distTagsChanged', name, distTags })
      const deprecated = versions.map(({ version, deprecated: message = '' }) => ({ version, message }))
      await this.#handle({ type: 'deprecated', name, versions: deprecated })
    }
    await this.#advance(seenAt)
  }

  #own(work: Promise<void>): Promise<void> {
    const owned = work
      .catch((error: unknown) => this.#options.log.error('The registry could not be followed.', { error }))
      .finally(() => this.#underWay.delete(owned))
    this.#underWay.add(owned)
    return owned
  }
}
