import type { JsonObject } from '@pinion/plugin-sdk/manifest'

/** `type`: an exact type id or a prefix of one. `forced`: wins over what the task itself says. */
export interface PluginDefault {
  readonly type: string
  readonly values: JsonObject
  readonly forced: boolean
}

/** A namespace that somebody described; one that only has flows needs no record. */
export interface Namespace {
  readonly tenant: string
  /** Dotted, such as `company.team`; `company` is its parent. */
  readonly namespace: string
  readonly description?: string
  readonly variables: JsonObject
  readonly pluginDefaults: readonly PluginDefault[]
}

/** Kept by `core/store`. */
export interface NamespaceRepository {
  find(tenant: string, namespace: string): Promise<Namespace | undefined>
  list(tenant: string): Promise<readonly Namespace[]>
  save(namespace: Namespace): Promise<void>
  /** @returns false if there was none. */
  remove(tenant: string, namespace: string): Promise<boolean>
}
