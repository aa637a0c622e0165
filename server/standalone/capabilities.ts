import type { Capabilities } from '@pinion/core/execution'
import type { Storage } from '@pinion/core/storage'
import type { KvRepository } from '@pinion/core/store'
import type { PluginConfiguration, ServerConfig } from '../config/index.ts'
import { ServerError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { expressionCapabilities } from './expression-capabilities.ts'

export interface CapabilitiesOptions {
  readonly config: ServerConfig
  readonly storage: Storage
  readonly kv: KvRepository
}

/** What running tasks reach of this server. */
export function createCapabilities({ config, storage, kv }: CapabilitiesOptions): Capabilities {
  return {
    storage,
    kv: {
      get: async (tenant, namespace, key) => (await kv.get(tenant, namespace, key, Date.now()))?.valueJson,
      set: (tenant, namespace, key, valueJson, ttlMs) => {
        const updatedAtMs = Date.now()
        const expiry = ttlMs === undefined ? {} : { expiresAtMs: updatedAtMs + ttlMs }
        return kv.set(tenant, namespace, { key, valueJson, updatedAtMs, ...expiry })
      },
      delete: (tenant, namespace, key) => kv.remove(tenant, namespace, key),
      keys: async (tenant, namespace, prefix) =>
        (await kv.list(tenant, namespace, prefix, Date.now())).map(({ key }) => key),
    },
    secrets: {
      get: async (_tenant, _namespace, name) => {
        const value = config.secrets[name.toUpperCase()]
        if (value !== undefined) return value
        throw new ServerError('SECRET_NOT_FOUND', `There is no secret "${name}".`, {
          hint: `Set the environment variable SECRET_${name.toUpperCase()} to its value in base64 and restart.`,
        })
      },
    },
    configurationOf: (type) => configurationOf(config.plugins.configurations, type),
    expressions: expressionCapabilities(config),
  }
}

/** Entries for the type itself and for prefixes of it, the shortest first, so that the most exact one wins. */
export function configurationOf(entries: readonly PluginConfiguration[], type: string): JsonObject {
  const matching = entries
    .filter((entry) => entry.type === type || type.startsWith(`${entry.type}.`))
    .toSorted((a, b) => a.type.length - b.type.length)
  return Object.assign({}, ...matching.map(({ values }) => values))
}
