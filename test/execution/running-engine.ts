import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Capabilities,
  ExecutionEngine,
  type ExecutionRepository,
  type ExecutionSnapshot,
} from '@pinion/core/execution'
import { FlowLibrary } from '@pinion/core/flow'
import { NamespaceService } from '@pinion/core/namespace'
import { Catalog, type PluginVersionRecord } from '@pinion/core/plugin'
import { createPluginRuntime } from '@pinion/core/runtime'
import { createLocalStorage, type Storage } from '@pinion/core/storage'
import { openStore, type Store, type StoreOptions } from '@pinion/core/store'
import { createPluginBuilder } from '@pinion/plugin-sdk/build'
import type { JsonObject } from '@pinion/plugin-sdk/manifest'

const CORE_PLUGIN = join(import.meta.dirname, '../../plugins/core')
const ASKER = { userId: 'test', username: 'test', role: 'admin', tenant: 'main' } as const

/** An engine with its real neighbours: store, catalog, isolates, and the core plugin. */
export interface RunningEngine extends AsyncDisposable {
  readonly engine: ExecutionEngine
  readonly store: Store
  readonly storage: Storage
  readonly flows: FlowLibrary
  readonly logged: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[]
  /** Saves a flow of this id in `company.team`. @param body - YAML after `namespace` */
  save(flowId: string, body: string): Promise<void>
  start(flowId: string, inputs?: JsonObject): Promise<string>
  /** Starts a flow and waits for its end. */
  run(flowId: string): Promise<ExecutionSnapshot>
  whenEnded(executionId: string): Promise<ExecutionSnapshot>
}

export interface RunningEngineOptions {
  readonly store: StoreOptions
  /** Stands between engine and store. */
  readonly wrap?: (executions: ExecutionRepository) => ExecutionRepository
  /** In place of refusing ones. */
  readonly capabilities?: Partial<Capabilities>
}

export async function openRunningEngine(options: RunningEngineOptions): Promise<RunningEngine> {
  const cleanUp = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pinion-engine-'))
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }))
  const store = cleanUp.adopt(await openStore(options.store), (it) => it.close())
  const plugin = await corePlugin()
  await store.plugins.save(plugin)
  const catalog = new Catalog({
    repository: store.plugins,
    locateBundle: ({ bundle }) => ({ bundlePath: join(CORE_PLUGIN, bundle.file) }),
  })
  await catalog.refresh()
  const flows = new FlowLibrary({
    flows: store.flows,
    namespaces: new NamespaceService(store.namespaces),
    catalog,
    instanceDefaults: [],
    instanceVersion: 'LATEST',
  })
  const logged: RunningEngine['logged'] = []
  const log = (message: string, fields: Readonly<Record<string, unknown>>) => {
    logged.push({ message, fields })
  }
  const runtime = cleanUp.adopt(createPluginRuntime({ cacheDir: join(folder, 'cache') }), (it) => it.close(0))
  const refuse = async () => {
    throw new Error('Not part of this test.')
  }
  const storage = await createLocalStorage({ directory: join(folder, 'storage') })
  const engine = cleanUp.adopt(
    new ExecutionEngine({
      executions: options.wrap?.(store.executions) ?? store.executions,
      logs: store.logs,
      metrics: store.metrics,
      flows,
      runtime,
      capabilities: {
        storage,
        kv: { get: refuse, set: refuse, delete: refuse, keys: refuse },
        secrets: { get: refuse },
        configurationOf: () => ({}),
        expressions: { nowMs: Date.now, random: Math.random },
        ...options.capabilities,
      },
      instance: { envs: {}, globals: {} },
      log: { error: log, warn: log },
    }),
    (it) => it.close(),
  )
  const whenEnded = (executionId: string) =>
    engine.waitForEnd('main', executionId, AbortSignal.timeout(20_000))
  const start = async (flowId: string, inputs: JsonObject = {}) => {
    const { executionId } = await engine.create({ tenant: 'main', namespace: 'company.team', flowId, inputs })
    return executionId
  }
  return {
    engine,
    store,
    storage,
    flows,
    logged,
    save: async (flowId, body) => {
      await flows.save(ASKER, `id: ${flowId}\nnamespace: company.team\n${body}`)
    },
    start,
    run: async (flowId) => whenEnded(await start(flowId)),
    whenEnded,
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  }
}

async function corePlugin(): Promise<PluginVersionRecord> {
  const builder = createPluginBuilder(CORE_PLUGIN)
  try {
    const { manifest } = await builder.rebuild()
    return {
      packageName: manifest.name,
      version: manifest.version,
      integrity: manifest.bundle.sha512,
      state: 'ACTIVE',
      repository: 'folder',
      manifest,
      grantedPermissions: manifest.permissions,
      installedAtMs: 0,
      distTags: [],
    }
  } finally {
    await builder.close()
  }
}
