import { join } from 'node:path'
import { ExecutionEngine } from '@pinion/core/execution'
import { FlowLibrary } from '@pinion/core/flow'
import { type Coordinates, createCoordinates, type PackageSource, PluginManager } from '@pinion/core/plugin'
import { createPluginRuntime, type PluginRuntime } from '@pinion/core/runtime'
import { createPackageClient, openTarball, type RepositoryOptions } from '@pinion/registry'
import type { ServerConfig } from '../config/index.ts'
import type { Log } from '../log/index.ts'
import { EmbeddedRegistry, RegistryFollower, readPackageJson } from '../registry-mount/index.ts'
import { createCapabilities } from './capabilities.ts'
import type { DataFolder } from './data-folder.ts'
import { grantPermissions } from './grant-permissions.ts'
import type { ServerState } from './state.ts'

/** What the embedded registry is called among the repositories. */
export const EMBEDDED_REPOSITORY = 'embedded'

export interface EngineRoomOptions {
  readonly config: ServerConfig
  readonly state: ServerState
  readonly folder: DataFolder
  /** Where this server listens. */
  readonly url: string
  readonly officialPlugins: readonly string[]
  readonly log: Log
}

/** Plugins, flows and executions, joined. */
export interface EngineRoom {
  readonly runtime: PluginRuntime
  readonly manager: PluginManager
  readonly coordinates: Coordinates
  readonly source: PackageSource
  readonly library: FlowLibrary
  readonly engine: ExecutionEngine
  readonly registry: EmbeddedRegistry | undefined
  /** Ends what a crash left half done, and goes on with what it interrupted. @returns how many executions go on */
  start(): Promise<number>
  close(): Promise<void>
}

/** Joins the parts; each knows the others by the interfaces of its own room only. */
export async function openEngineRoom(options: EngineRoomOptions): Promise<EngineRoom> {
  const { config, state, folder, url, log } = options
  const { management, security, defaults, groups } = config.plugins
  const { store, storage, users, namespaces } = state

  const runtime = createPluginRuntime({
    cacheDir: join(folder.cacheDir, 'runtime'),
    onIncident: ({ message: reason, ...incident }) =>
      log.warn('A plugin host died.', { ...incident, reason }),
  })
  // Those named here exist before any of these functions is called.
  const registry = config.registry.enabled
    ? new EmbeddedRegistry({
        config,
        users,
        log,
        library: { requiring: (name, version) => library.requiring(name, version) },
      })
    : undefined
  const source = createPackageClient({
    cacheDir: join(folder.cacheDir, 'npm'),
    repositories: repositories(config, url, registry),
  })
  const manager = new PluginManager({
    repository: store.plugins,
    source,
    openTarball,
    folder: management.localRepositoryPath,
    ...(management.remoteStorageEnabled ? { archive: { storage, tenant: 'main' } } : {}),
    groupScopes: groups,
    security,
    bundledVersions: await bundledVersions(options.officialPlugins),
    listActivators: () => [{ name: 'this server', load: (bundle) => runtime.load(bundle) }],
    unload: async (bundleSha512) => {
      await engine.whenUnused(bundleSha512)
      await runtime.unload(bundleSha512)
    },
    listUsers: (packageName, version) => library.requiring(packageName, version),
    grantPermissions: grantPermissions(config.registry.scopes),
    onFault: (what, error) => log.error('A plugin version could not be mended.', { what, error }),
    ...(management.autoReloadEnabled ? { rescanIntervalMs: management.autoReloadIntervalMs } : {}),
  })
  const library = new FlowLibrary({
    flows: store.flows,
    namespaces,
    catalog: manager.catalog,
    instanceDefaults: defaults,
    instanceVersion: management.defaultVersion,
  })
  const engine = new ExecutionEngine({
    executions: store.executions,
    logs: store.logs,
    metrics: store.metrics,
    flows: library,
    runtime,
    capabilities: createCapabilities({ config, storage, kv: store.kv }),
    instance: {
      envs: config.variables.envs,
      globals: config.variables.globals,
      url: config.url ?? url,
      ...(config.environment.name === undefined ? {} : { environment: config.environment.name }),
    },
    log,
  })
  const { scopes: officialScopes } = config.registry
  const isFollowing = management.enabled && management.autoReloadEnabled
  const follower =
    registry === undefined || !isFollowing
      ? undefined
      : new RegistryFollower({
          registry: registry.process,
          manager,
          settings: store.settings,
          repositoryName: EMBEDDED_REPOSITORY,
          mayInstall: (name) =>
            management.customPluginsEnabled || officialScopes.some((scope) => name.startsWith(`${scope}/`)),
          foreignScopes: foreignScopes(config),
          log,
        })

  return {
    runtime,
    manager,
    coordinates: createCoordinates(groups),
    source,
    library,
    engine,
    registry,
    start: async () => {
      await manager.start()
      await follower?.start()
      return engine.start()
    },
    close: async () => {
      await engine.close(config.server.terminationGraceMs)
      await follower?.close()
      await manager.close()
      await registry?.process.close()
      await runtime.close()
    },
  }
}

/** The embedded one is asked first. It is reached like any other: over HTTP, with a token. */
function repositories(
  config: ServerConfig,
  url: string,
  registry: EmbeddedRegistry | undefined,
): readonly RepositoryOptions[] {
  const configured = config.plugins.repositories.map(
    ({ name, url: address, username, password, token, scopes }) => ({
      name,
      url: address,
      scopes,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(token === undefined ? {} : { token }),
    }),
  )
  if (registry === undefined) return configured
  const { scopes } = config.registry
  return [
    { name: EMBEDDED_REPOSITORY, url: `${url}/registry/`, token: registry.systemToken, scopes },
    ...configured,
  ]
}

function foreignScopes({ plugins, registry }: ServerConfig): ReadonlySet<string> {
  const bound = new Set(plugins.repositories.flatMap(({ scopes }) => scopes))
  return bound.difference(new Set(registry.scopes))
}

/** What CURRENT means: the versions that came with this release. */
async function bundledVersions(tarballs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const packages = await Promise.all(tarballs.map(readPackageJson))
  return new Map(packages.map(({ name, version }) => [name, version]))
}
