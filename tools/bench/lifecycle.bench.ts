import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createPluginBuilder } from '@pinion/plugin-sdk/build'
import { endDevelopment, pushTo } from '../cli/plugin-project/push-build.ts'
import { BenchServer } from './bench-server.ts'
import { startFloorProcess } from './floor-process.ts'
import { CatalogWatch } from './lifecycle/catalog-watch.ts'
import { DevSaves } from './lifecycle/dev-saves.ts'
import { packVersion } from './lifecycle/packed-version.ts'
import { PublishFloor } from './lifecycle/publish-floor.ts'
import { RebuildFloor } from './lifecycle/rebuild-floor.ts'
import { SamplePlugin } from './lifecycle/sample-plugin.ts'
import { type Measurement, percentile } from './measurement.ts'

const SAVES = 40
const SCHEMA_SAVES = 10
const VERSIONS = 32
const WARM_UP = 5
const NAMESPACE = 'bench.lifecycle'

/** A plugin of 50 KB from its author's editor to a running server: by `plugin dev`, and by `npm publish`. About 2 minutes. */
export async function benchLifecycle(): Promise<readonly Measurement[]> {
  await using server = await BenchServer.start()
  return [...(await savesToLive(server)), ...(await publishesToLive(server))]
}

async function savesToLive(server: BenchServer): Promise<readonly Measurement[]> {
  const plugin = await SamplePlugin.create(join(server.scratchDir, 'developed'), registryOf(server))
  const floorPlugin = await SamplePlugin.create(join(server.scratchDir, 'floor'), registryOf(server))
  await using floor = await RebuildFloor.open(floorPlugin)
  const codeMs: number[] = []
  const schemaMs: number[] = []
  const floorMs: number[] = []
  await using saves = new DevSaves(plugin.directory, pushTo(server.api))
  await saves.next()
  await server.saveFlow(flowOf(plugin, 'developed'))
  for (let index = -WARM_UP; index < SAVES; index++) {
    const mark = `save ${index}`
    const isTask = index % 2 === 0
    const spentMs = await saves.measure(() => (isTask ? plugin.saveTask(mark) : plugin.saveModule(mark)))
    const leastMs = await floor.measure(() =>
      isTask ? floorPlugin.saveTask(mark) : floorPlugin.saveModule(mark),
    )
    await assertRuns(server, 'developed', { [isTask ? 'mark' : 'moduleMark']: mark })
    if (index < 0) continue
    codeMs.push(spentMs)
    floorMs.push(leastMs)
  }
  for (let index = 0; index < SCHEMA_SAVES; index++) {
    schemaMs.push(await saves.measure(() => plugin.saveSchema(`Save ${index}.`)))
  }
  await endDevelopment(server.api, plugin.packageName)
  return [
    ...rows('save of code to live', codeMs, floorMs, 50),
    ...rows('save of a schema to live, types generated', schemaMs, floorMs),
  ]
}

async function publishesToLive(server: BenchServer): Promise<readonly Measurement[]> {
  const plugin = await SamplePlugin.create(join(server.scratchDir, 'published'), registryOf(server))
  const packedDir = join(server.scratchDir, 'packed')
  await mkdir(packedDir)
  const builder = createPluginBuilder(plugin.directory)
  const versions = []
  for (let index = 0; index < WARM_UP + VERSIONS; index++) {
    versions.push(await packVersion(plugin, builder, `1.0.${index}`, packedDir))
  }
  await builder.close()

  const authorization = server.api.authorization ?? ''
  await using catalog = await CatalogWatch.open(server.process.url, authorization)
  await using plain = await startFloorProcess('lifecycle/plain-put-server.ts', [server.scratchDir])
  const floor = new PublishFloor(plain.url, server.scratchDir)
  const address = new URL(plugin.packageName.replace('/', '%2f'), registryOf(server))
  const liveMs: number[] = []
  const wholeMs: number[] = []
  const floorMs: number[] = []
  for (const [index, packed] of versions.entries()) {
    const startedAtMs = performance.now()
    const response = await fetch(address, {
      method: 'PUT',
      headers: { authorization, 'content-type': 'application/json' },
      body: packed.publishBody,
    })
    const publishedAtMs = performance.now()
    if (response.status !== 201)
      throw new Error(`Publishing answered ${response.status}: ${await response.text()}`)
    await response.arrayBuffer()
    const activeAtMs = await catalog.whenActive(plugin.packageName, packed.version)
    if (index === 0) await server.saveFlow(flowOf(plugin, 'published'))
    await assertRuns(server, 'published', { mark: packed.version })
    const leastMs = await floor.measure(packed)
    if (index < WARM_UP) continue
    // The server hears of a version before its publisher does: it may be live by then.
    liveMs.push(Math.max(0, activeAtMs - publishedAtMs))
    wholeMs.push(Math.max(activeAtMs, publishedAtMs) - startedAtMs)
    floorMs.push(leastMs)
  }
  return [
    ...rows('201 of a publish to live', liveMs, undefined, 150),
    ...rows('start of a publish to live, over plain PUT and extract', wholeMs, floorMs),
  ]
}

/** An execution proves that the new code is what runs. */
async function assertRuns(
  server: BenchServer,
  flowId: string,
  expected: Readonly<Record<string, string>>,
): Promise<void> {
  const { taskRunList } = await server.run(NAMESPACE, flowId)
  for (const [name, value] of Object.entries(expected)) {
    const ran = taskRunList[0]?.outputs[name]
    if (ran !== value)
      throw new Error(`${name} is ${JSON.stringify(ran)}, the code says ${JSON.stringify(value)}.`)
  }
}

/** Asks for no version, as flows do that follow the latest. */
function flowOf({ type }: SamplePlugin, flowId: string): string {
  return `id: ${flowId}
namespace: ${NAMESPACE}
tasks:
  - id: probe
    type: ${type}
    text: Hello
`
}

function registryOf({ process: { url } }: BenchServer): string {
  return `${url}/registry/`
}

function rows(
  name: string,
  valuesMs: readonly number[],
  floorsMs: readonly number[] | undefined,
  mostMs?: number,
): readonly Measurement[] {
  return [0.5, 0.95].map((fraction) => {
    const value = percentile(valuesMs, fraction)
    const floor = floorsMs && percentile(floorsMs, fraction)
    const isPromised = mostMs !== undefined && fraction === 0.95
    return {
      name: `${name}, p${fraction * 100}`,
      value,
      unit: 'ms',
      ...(floor === undefined ? {} : { floor, ratio: value / floor }),
      ...(isPromised ? { reach: `at most ${mostMs} ms`, isReached: value <= mostMs } : {}),
    }
  })
}
