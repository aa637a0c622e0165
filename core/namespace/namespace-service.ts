import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import type { Principal } from '../identity/index.ts'
import { ancestorsOf } from './ancestors.ts'
import { checkNamespace } from './check-namespace.ts'
import { NamespaceError } from './errors.ts'
import { MAX_CACHED_NAMESPACES } from './limits.ts'
import type { Namespace, NamespaceRepository, PluginDefault } from './model.ts'

/** The plugin defaults that one namespace itself has. */
export interface NamespaceDefaults {
  readonly namespace: string
  readonly defaults: readonly PluginDefault[]
}

/** A namespace with what it takes over from those above it. */
export interface InheritedNamespace {
  readonly namespace: string
  /** Absent if nobody described the namespace itself. */
  readonly own?: Namespace
  /** Of all ancestors; the nearest wins. */
  readonly variables: JsonObject
  /** Nearest first; only namespaces that have any. */
  readonly pluginDefaults: readonly NamespaceDefaults[]
}

/** Told after a change was stored. */
export type NamespaceListener = (change: { readonly tenant: string; readonly namespace: string }) => void

/**
 * Namespaces and what flows inherit from them. Everything read is kept in memory until a change, made here or reported
 * by {@link NamespaceService.invalidate}.
 */
export class NamespaceService {
  readonly #repository: NamespaceRepository
  readonly #inherited = new Map<string, Promise<InheritedNamespace>>()
  readonly #listeners = new Set<NamespaceListener>()
  #generation = 0

  constructor(repository: NamespaceRepository) {
    this.#repository = repository
  }

  /** Grows with every change: what was derived from an older generation may no longer hold. */
  get generation(): number {
    return this.#generation
  }

  /** What a flow of this namespace inherits. Never fails for a namespace that nobody described. */
  async load(tenant: string, namespace: string): Promise<InheritedNamespace> {
    const key = JSON.stringify([tenant, namespace])
    const known = this.#inherited.get(key)
    if (known !== undefined) return known
    // The promise is kept, so that callers at the same time share one read; a failed one is not.
    const loading = this.#read(tenant, namespace)
    if (this.#inherited.size >= MAX_CACHED_NAMESPACES) this.#inherited.clear()
    this.#inherited.set(key, loading)
    loading.catch(() => {
      if (this.#inherited.get(key) === loading) this.#inherited.delete(key)
    })
    return loading
  }

  list(tenant: string): Promise<readonly Namespace[]> {
    return this.#repository.list(tenant)
  }

  find(tenant: string, namespace: string): Promise<Namespace | undefined> {
    return this.#repository.find(tenant, namespace)
  }

  /**
   * Stores a namespace in the asker's tenant, or replaces it.
   *
   * @throws NamespaceError `NAMESPACE_INVALID` with every fault
   */
  async save(asker: Principal, record: Omit<Namespace, 'tenant'>): Promise<Namespace> {
    const namespace: Namespace = { ...record, tenant: asker.tenant }
    const faults = checkNamespace(namespace)
    if (faults.length > 0) {
      throw new NamespaceError('NAMESPACE_INVALID', faults.map(({ message }) => message).join(' '), {
        faults,
      })
    }
    await this.#repository.save(namespace)
    this.invalidate(namespace)
    return namespace
  }

  /** Removes the record only; flows of the namespace stay. @returns false if there was none. */
  async remove(asker: Principal, namespace: string): Promise<boolean> {
    const wasThere = await this.#repository.remove(asker.tenant, namespace)
    if (wasThere) this.invalidate({ tenant: asker.tenant, namespace })
    return wasThere
  }

  /** Forgets what was read and tells listeners; for changes that another server made, too. */
  invalidate(change: { readonly tenant: string; readonly namespace: string }): void {
    this.#generation += 1
    this.#inherited.clear()
    for (const listener of this.#listeners) listener({ tenant: change.tenant, namespace: change.namespace })
  }

  /** @returns ends the subscription. */
  onChange(listener: NamespaceListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async #read(tenant: string, namespace: string): Promise<InheritedNamespace> {
    const found = await Promise.all(
      ancestorsOf(namespace).map((ancestor) => this.#repository.find(tenant, ancestor)),
    )
    const nearestFirst = found.filter((record) => record !== undefined)
    const own = nearestFirst.find((record) => record.namespace === namespace)
    return {
      namespace,
      ...(own === undefined ? {} : { own }),
      variables: Object.assign({}, ...nearestFirst.toReversed().map(({ variables }) => variables)),
      pluginDefaults: nearestFirst
        .filter(({ pluginDefaults }) => pluginDefaults.length > 0)
        .map((record) => ({ namespace: record.namespace, defaults: record.pluginDefaults })),
    }
  }
}
