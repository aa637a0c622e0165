import type { ExecutionEngine } from '@pinion/core/execution'
import type { FlowLibrary } from '@pinion/core/flow'
import type { UserService } from '@pinion/core/identity'
import type { NamespaceService } from '@pinion/core/namespace'
import type { Coordinates, PackageSource, PluginManager } from '@pinion/core/plugin'
import type { Store } from '@pinion/core/store'
import type { ServerConfig } from '../config/index.ts'
import type { Route } from '../http/index.ts'
import { executionRoutes } from './executions.ts'
import { expressionRoutes } from './expressions.ts'
import { flowRoutes } from './flows.ts'
import { installedPluginRoutes } from './installed-plugins.ts'
import { instanceRoutes } from './instance.ts'
import { logRoutes } from './logs.ts'
import { namespaceRoutes } from './namespaces.ts'
import { pluginDevelopmentRoutes } from './plugin-development.ts'
import { pluginRoutes } from './plugins.ts'
import { schemaRoutes } from './schemas.ts'
import { tokenRoutes } from './tokens.ts'
import { versionedPluginRoutes } from './versioned-plugins.ts'

/** All that the API speaks to. */
export interface ApiOptions {
  readonly config: ServerConfig
  readonly store: Store
  readonly users: UserService
  readonly namespaces: NamespaceService
  readonly library: FlowLibrary
  readonly engine: ExecutionEngine
  readonly manager: PluginManager
  readonly coordinates: Coordinates
  readonly source: PackageSource
  readonly instanceId: string
  /** Of the product. */
  readonly version: string
}

/** Every route of the API. */
export function createApiRoutes(options: ApiOptions): readonly Route[] {
  const { config, store, users, namespaces, library, engine, manager, coordinates, source } = options
  const { catalog } = manager
  const management = { ...config.plugins.management, officialScopes: config.registry.scopes }
  const versions = { manager, coordinates, source, management }
  const routes: readonly Route[] = [
    ...flowRoutes({ library, flows: store.flows }),
    ...executionRoutes({ engine, executions: store.executions }),
    ...expressionRoutes({ engine }),
    ...logRoutes({ engine, logs: store.logs, metrics: store.metrics }),
    ...namespaceRoutes({ namespaces, flows: store.flows }),
    ...pluginRoutes({ catalog }),
    ...schemaRoutes({ catalog, defaultVersion: management.defaultVersion }),
    ...versionedPluginRoutes(versions),
    ...installedPluginRoutes(versions),
    ...pluginDevelopmentRoutes({ manager, management }),
    ...tokenRoutes({ users }),
    ...instanceRoutes({
      config,
      instanceId: options.instanceId,
      version: options.version,
      listRoutes: () => routes,
    }),
  ]
  return routes
}
