import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import { ExecutionEngine, type LogRecord, type PluginUse, type State } from '../execution/index.ts'
import { FlowLibrary } from '../flow/index.ts'
import { NamespaceService } from '../namespace/index.ts'
import { Catalog } from '../plugin/index.ts'
import { createPluginRuntime } from '../runtime/index.ts'
import { createLocalStorage } from '../storage/index.ts'
import { openStore } from '../store/index.ts'
import { type PluginFolder, packageFolder, readPluginFolder } from './plugin-folder.ts'

export interface RunFlowOptions {
  /** The built plugin under test. */
  readonly pluginDir: string
  /** YAML. */
  readonly flow: string
  readonly inputs?: JsonObject
  /** Names of installed packages whose types the flow uses as well, such as `@pinion/plugin-core`. */
  readonly plugins?: readonly string[]
  /** By name, for `secret()`. */
  readonly secrets?: Readonly<Record<string, string>>
  /** Milliseconds; default 30,000. */
  readonly timeoutMs?: number
}

export interface TaskRunResult {
  readonly taskId: string
  readonly state: State
  readonly outputs: JsonValue | undefined
  readonly plugin: PluginUse | undefined
  /** Message of the last attempt's error. */
  readonly error: string | undefined
}

export interface FlowRun {
  readonly state: State
  readonly taskRuns: readonly TaskRunResult[]
  readonly outputs: JsonObject | undefined
  readonly logs: readonly Pick<LogRecord, 'level' | 'message' | 'taskId'>[]
}

const ASKER = { userId: 'test', username: 'test', role: 'admin', tenant: 'main' } as const
const DEFAULT_TIMEOUT_MS = 30_000
const MAX_LOGS = 10_000

/**
 * Runs a flow to its end with a plugin straight from its folder: the real engine, store and isolates, and no server.
 *
 * @throws FlowError `FLOW_INVALID` with every problem; PluginError if the folder holds no built plugin
 * @example const { state, outputs } = await runFlow({ pluginDir: '.', flow: await readFile('test/flow.yaml', 'utf8') })
 */
export async function runFlow(options: RunFlowOptions): Promise<FlowRun> {
  const { pluginDir, plugins = [] } = options
  const folders = [pluginDir, ...plugins.map((name) => packageFolder(name, pluginDir))]
  const installed = await Promise.all(folders.map(readPluginFolder))
  const dataDir = await mkdtemp(join(tmpdir(), 'pinion-flow-'))
  try {
    return await runIn(dataDir, installed, options)
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function runIn(
  dataDir: string,
  installed: readonly PluginFolder[],
  options: RunFlowOptions,
): Promise<FlowRun> {
  await using cleanUp = new AsyncDisposableStack()
  const store = cleanUp.adopt(await openStore({ client: 'sqlite', file: join(dataDir, 'pinion.db') }), (it) =>
    it.close(),
  )
  for (const { record } of installed) await store.plugins.save(record)
  const storage = await createLocalStorage({ directory: join(dataDir, 'storage') })
  const catalog = new Catalog({
    repository: store.plugins,
    locateBundle: (manifest) => locate(installed, manifest.name),
  })
  await catalog.refresh()
  const flows = new FlowLibrary({
    flows: store.flows,
    namespaces: new NamespaceService(store.namespaces),
    catalog,
    instanceDefaults: [],
    instanceVersion: 'LATEST',
  })
  const runtime = cleanUp.adopt(createPluginRuntime({ cacheDir: join(dataDir, 'cache'), hosts: 1 }), (it) =>
    it.close(0),
  )
  const engine = cleanUp.adopt(
    new ExecutionEngine({
      executions: store.executions,
      logs: store.logs,
      metrics: store.metrics,
      flows,
      runtime,
      capabilities: {
        storage,
        kv: memoryKv(),
        secrets: { get: async (_tenant, _namespace, name) => options.secrets?.[name] ?? missingSecret(name) },
        configurationOf: () => ({}),
        expressions: { nowMs: Date.now, random: Math.random },
      },
      instance: { envs: {}, globals: {} },
      log: { error: failLoudly, warn: () => undefined },
    }),
    (it) => it.close(),
  )
  const { flow } = await flows.create(ASKER, options.flow)
  const { namespace, flowId, tenant } = flow
  const { executionId } = await engine.create({ tenant, namespace, flowId, inputs: options.inputs ?? {} })
  const { execution, taskRuns } = await engine.waitForEnd(
    tenant,
    executionId,
    AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
  )
  await engine.flush()
  return {
    state: execution.state,
    outputs: execution.outputs,
    taskRuns: taskRuns.map(({ taskId, state, outputs, plugin, attempts }) => ({
      taskId,
      state,
      outputs,
      plugin,
      error: attempts.at(-1)?.error?.message,
    })),
    logs: await store.logs.list({ tenant, executionId, limit: MAX_LOGS, offset: 0 }),
  }
}

function locate(installed: readonly PluginFolder[], packageName: string) {
  const folder = installed.find(({ record }) => record.packageName === packageName)
  if (folder === undefined) throw new Error(`${packageName} is not among the plugins of this run.`)
  const { bundle, sourceMap } = folder.record.manifest
  return {
    bundlePath: join(folder.directory, bundle.file),
    ...(sourceMap === undefined ? {} : { sourceMapPath: join(folder.directory, sourceMap.file) }),
  }
}

function memoryKv() {
  const values = new Map<string, string>()
  const keyOf = (...parts: readonly string[]) => parts.join('\n')
  return {
    get: async (tenant: string, namespace: string, key: string) => values.get(keyOf(tenant, namespace, key)),
    set: async (tenant: string, namespace: string, key: string, valueJson: string) => {
      values.set(keyOf(tenant, namespace, key), valueJson)
    },
    delete: async (tenant: string, namespace: string, key: string) =>
      values.delete(keyOf(tenant, namespace, key)),
    keys: async (tenant: string, namespace: string, prefix: string) => {
      const start = keyOf(tenant, namespace, '')
      return [...values.keys()]
        .filter((key) => key.startsWith(start + prefix))
        .map((key) => key.slice(start.length))
    },
  }
}

function missingSecret(name: string): never {
  throw new Error(`The test gives no secret "${name}".`)
}

function failLoudly(message: string, fields: Readonly<Record<string, unknown>>): never {
  throw new Error(`${message} ${JSON.stringify(fields)}`)
}
