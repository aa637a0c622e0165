import { prepareGuestScripts } from '../guest-scripts.ts'
import { isolateHostSpec, nodeHostSpec } from '../host-specs.ts'
import { MAX_UNSTARTED_PER_HOST } from '../limits.ts'
import type { ResolvedOptions } from '../options.ts'
import type { HostBundle } from '../protocol/messages.ts'
import { HostPool, type PoolListener } from './host-pool.ts'

interface IsolatePools {
  readonly shared: HostPool
  /** One host with one attempt at a time, for versions that may have killed a host. */
  readonly quarantine: HostPool
}

/** All hosts of a runtime, and which of them a bundle belongs to. */
export class RuntimePools {
  readonly #options: ResolvedOptions
  readonly #listener: PoolListener
  readonly #opening: Promise<IsolatePools>
  #isolates: IsolatePools | undefined
  readonly #node = new Map<number, HostPool>()
  readonly #suspects = new Set<number>()
  #isClosed = false

  constructor(options: ResolvedOptions, listener: PoolListener) {
    this.#options = options
    this.#listener = listener
    this.#opening = this.#open()
    // Reported where it is awaited: by `ready`.
    this.#opening.catch(() => {})
  }

  get all(): readonly HostPool[] {
    const isolates = this.#isolates === undefined ? [] : [this.#isolates.shared, this.#isolates.quarantine]
    return [...isolates, ...this.#node.values()]
  }

  /** @returns undefined until the isolates' own scripts are there */
  get(bundle: HostBundle): HostPool | undefined {
    if (this.#isolates === undefined) return undefined
    if (bundle.runtime === 'node') return this.#nodePool(bundle)
    return this.#suspects.has(bundle.bundle) ? this.#isolates.quarantine : this.#isolates.shared
  }

  async ready(bundle: HostBundle): Promise<HostPool> {
    const { shared } = await this.#opening
    return this.get(bundle) ?? shared
  }

  suspect(bundle: HostBundle): void {
    this.#suspects.add(bundle.bundle)
  }

  clear(bundle: HostBundle): void {
    this.#suspects.delete(bundle.bundle)
  }

  /** The bundle is gone: so is the process that it had to itself. */
  async forget(bundle: HostBundle): Promise<void> {
    this.#suspects.delete(bundle.bundle)
    const pool = this.#node.get(bundle.bundle)
    this.#node.delete(bundle.bundle)
    await pool?.close()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#opening.catch(() => undefined)
    await Promise.all(this.all.map((pool) => pool.close()))
  }

  async #open(): Promise<IsolatePools> {
    const options = this.#options
    const spec = isolateHostSpec(options, await prepareGuestScripts(options.cacheDir))
    const { recycleAfterAttempts, recycleAfterIsolates } = options
    const common = { spec, recycleAfterAttempts, recycleAfterIsolates, maxUnstarted: MAX_UNSTARTED_PER_HOST }
    const pools = {
      shared: new HostPool({ ...common, size: options.hosts, spares: 1, sharing: 'all' }, this.#listener),
      quarantine: new HostPool({ ...common, size: 1, spares: 0, sharing: 'nobody' }, this.#listener),
    }
    this.#isolates = pools
    if (!this.#isClosed) pools.shared.start()
    return pools
  }

  #nodePool(bundle: HostBundle): HostPool {
    const known = this.#node.get(bundle.bundle)
    if (known !== undefined) return known
    const pool = new HostPool(
      {
        spec: nodeHostSpec(this.#options, bundle),
        size: 1,
        spares: 0,
        sharing: 'version',
        maxUnstarted: MAX_UNSTARTED_PER_HOST,
        recycleAfterAttempts: this.#options.recycleAfterAttempts,
        recycleAfterIsolates: Number.MAX_SAFE_INTEGER,
      },
      this.#listener,
    )
    this.#node.set(bundle.bundle, pool)
    return pool
  }
}
