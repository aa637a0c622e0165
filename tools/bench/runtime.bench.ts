import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type AttemptServices,
  type BundleRef,
  createPluginRuntime,
  type PluginRuntime,
} from '@pinion/core/runtime'
import ivm from 'isolated-vm'
import { type Measurement, percentile } from './measurement.ts'

const MIB = 1024 * 1024
const IN_FLIGHT = 64
const WARM_TASKS = 30_000
const ROUNDS = 5
const COLD_STARTS = 40
const VERSIONS = 200
const RELOADS = 1_000
const BUNDLE_BYTES = 50 * 1024

/** 1.6 KB as flows carry it: records of short fields. */
const RECORDS_JSON = JSON.stringify({
  rows: Array.from({ length: 14 }, (_, id) => ({
    id,
    sku: `A-${1000 + id}`,
    name: `Article ${id}`,
    price: 12.5 + id,
    stock: id * 7,
    isActive: id % 3 > 0,
    tags: ['new', 'sale'],
  })),
})
/** 1.6 KB of long texts, which cost a bare isolate next to nothing to parse: the hardest case for what is around it. */
const TEXTS_JSON = JSON.stringify({
  rows: Array.from({ length: 16 }, (_, id) => ({ id, text: 'x'.repeat(80) })),
})
const CONTEXT_JSON = JSON.stringify({
  tenant: 'main',
  executionId: '2cXz9M6Yk3',
  namespace: 'company.team',
  flowId: 'bench',
  flowRevision: 1,
  taskId: 'task',
  taskRunId: '7Fh2LqP0aB',
  attempt: 0,
  configuration: {},
})
/** The same code on both sides of the comparison. */
const RUN = '(properties) => ({ count: properties.rows.length, rows: properties.rows })'

/**
 * What the plugin runtime adds to the bare isolate: warm tasks, cold starts, versions side by side, reloads. Uses all cores
 * for some 40 s.
 */
export async function benchRuntime(): Promise<readonly Measurement[]> {
  const directory = mkdtempSync(join(tmpdir(), 'pinion-bench-runtime-'))
  const runtime = createPluginRuntime({ cacheDir: join(directory, 'cache') })
  try {
    return [
      await warmOverhead(runtime, directory, 'records of short fields', RECORDS_JSON),
      withoutPromise(await warmOverhead(runtime, directory, 'long texts', TEXTS_JSON)),
      ...(await coldStart(runtime, directory)),
      ...(await sideBySide(directory)),
      await reloads(directory),
    ]
  } finally {
    await runtime.close(0)
    await rm(directory, { recursive: true, force: true })
  }
}

function withoutPromise({ name, value, unit, floor, ratio }: Measurement): Measurement {
  return {
    name,
    value,
    unit,
    ...(floor === undefined ? {} : { floor }),
    ...(ratio === undefined ? {} : { ratio }),
  }
}

async function warmOverhead(
  runtime: PluginRuntime,
  directory: string,
  what: string,
  propertiesJson: string,
): Promise<Measurement> {
  const bundle = writeBundle(directory, 'warm')
  await runTasks(runtime, bundle, WARM_TASKS, propertiesJson)
  const ratios: number[] = []
  const values: number[] = []
  const floors: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const floor = rawCallUs(WARM_TASKS, propertiesJson)
    const value = await runTasks(runtime, bundle, WARM_TASKS, propertiesJson)
    floors.push(floor)
    values.push(value)
    ratios.push(value / floor)
  }
  const ratio = percentile(ratios, 0.5)
  return {
    name: `warm task, 1.6 KB of ${what}, ${IN_FLIGHT} in flight, over the bare isolate`,
    value: percentile(values, 0.5),
    unit: 'µs',
    floor: percentile(floors, 0.5),
    ratio,
    reach: 'at most 3 times',
    isReached: ratio <= 3,
  }
}

/** Microseconds of one task. */
async function runTasks(
  runtime: PluginRuntime,
  bundle: BundleRef,
  tasks: number,
  propertiesJson: string,
): Promise<number> {
  let left = tasks
  const startedAt = performance.now()
  const lane = async (): Promise<void> => {
    while (left-- > 0) await run(runtime, bundle, propertiesJson)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
  return ((performance.now() - startedAt) * 1000) / tasks
}

/** Microseconds of one call of the same function, JSON text in and out, with the isolate in this process. */
function rawCallUs(calls: number, propertiesJson: string): number {
  const isolate = new ivm.Isolate({ memoryLimit: 128 })
  const context = isolate.createContextSync()
  const call = context.evalSync(`((json) => JSON.stringify((${RUN})(JSON.parse(json))))`, { reference: true })
  for (let index = 0; index < calls / 10; index++)
    call.applySync(undefined, [propertiesJson], { timeout: 1_000 })
  const startedAt = performance.now()
  for (let index = 0; index < calls; index++) call.applySync(undefined, [propertiesJson], { timeout: 1_000 })
  const spentMs = performance.now() - startedAt
  isolate.dispose()
  return (spentMs * 1000) / calls
}

async function coldStart(runtime: PluginRuntime, directory: string): Promise<Measurement[]> {
  const extraMs: number[] = []
  for (let index = 0; index < COLD_STARTS; index++) {
    const bundle = writeBundle(directory, `cold-${index}`)
    const firstMs = await timed(() => run(runtime, bundle))
    const warmMs = await timed(() => run(runtime, bundle))
    extraMs.push(firstMs - warmMs)
  }
  const value = percentile(extraMs, 0.5)
  return [
    {
      name: 'first run of an unloaded 50 KB version over a warm one, median',
      value,
      unit: 'ms',
      reach: 'at most 15 ms',
      isReached: value <= 15,
    },
    { name: 'the same, p95', value: percentile(extraMs, 0.95), unit: 'ms' },
  ]
}

async function sideBySide(directory: string): Promise<Measurement[]> {
  const runtime = createPluginRuntime({ cacheDir: join(directory, 'cache') })
  try {
    const first = writeBundle(directory, 'first')
    await run(runtime, first)
    await runtime.unload(first.sha512)
    await settled(runtime)
    const before = residentBytes(runtime)
    const bundles = Array.from({ length: VERSIONS }, (_, index) => writeBundle(directory, `side-${index}`))
    for (const bundle of bundles) {
      await runtime.load(bundle)
      await run(runtime, bundle)
    }
    await delay(1_500)
    const loaded = residentBytes(runtime)
    await Promise.all(bundles.map(({ sha512 }) => runtime.unload(sha512)))
    await settled(runtime)
    const after = residentBytes(runtime)
    const each = (loaded - before) / VERSIONS / MIB
    return [
      {
        name: `${VERSIONS} versions of 50 KB side by side, each`,
        value: each,
        unit: 'MB',
        reach: 'at most 3 MB',
        isReached: each <= 3,
      },
      {
        name: 'memory of all hosts after unloading them, over before',
        value: after / MIB,
        unit: 'MB',
        floor: before / MIB,
        ratio: after / before,
        reach: 'at most 1.1 times',
        isReached: after / before <= 1.1,
      },
    ]
  } finally {
    await runtime.close(0)
  }
}

async function reloads(directory: string): Promise<Measurement> {
  const runtime = createPluginRuntime({ cacheDir: join(directory, 'cache') })
  try {
    const reload = async (index: number): Promise<void> => {
      const bundle = writeBundle(directory, `reload-${index}`)
      await runtime.load(bundle)
      await run(runtime, bundle)
      await runtime.unload(bundle.sha512)
    }
    for (let index = 0; index < 20; index++) await reload(index)
    await settled(runtime)
    const before = residentBytes(runtime)
    for (let index = 0; index < RELOADS; index++) await reload(20 + index)
    await settled(runtime)
    const after = residentBytes(runtime)
    return {
      name: `memory of all hosts after ${RELOADS} reloads, over before`,
      value: after / MIB,
      unit: 'MB',
      floor: before / MIB,
      ratio: after / before,
      reach: 'no growth (at most 1.1 times)',
      isReached: after / before <= 1.1,
    }
  } finally {
    await runtime.close(0)
  }
}

/** Until hosts that have grown are replaced and all are up again. */
async function settled(runtime: PluginRuntime): Promise<void> {
  let last = 0
  for (let steady = 0; steady < 5; ) {
    await delay(1_000)
    const now = residentBytes(runtime)
    steady = Math.abs(now - last) < 2 * MIB ? steady + 1 : 0
    last = now
  }
}

function residentBytes(runtime: PluginRuntime): number {
  return runtime.stats().hosts.reduce((sum, host) => sum + host.residentBytes, 0)
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

async function run(runtime: PluginRuntime, bundle: BundleRef, propertiesJson = RECORDS_JSON): Promise<void> {
  const result = await runtime.run(
    {
      attemptId: randomUUID(),
      bundle,
      type: 'bench.Task',
      method: 'run',
      propertiesJson,
      contextJson: CONTEXT_JSON,
      limits: {},
    },
    NO_SERVICES,
  )
  if (result.status !== 'SUCCESS') throw new Error(`The task ended in ${JSON.stringify(result)}`)
}

const NO_SERVICES: AttemptServices = {
  call: () => Promise.reject(new Error('The benchmark has no platform behind it.')),
  log: () => {},
  metric: () => {},
  progress: () => {},
}

/** A bundle of 50 KB like those that esbuild makes: many functions, few of which run. */
function writeBundle(directory: string, name: string): BundleRef {
  const parts = [`"use strict";(() => {\nvar seed = ${JSON.stringify(name)}, registry = {};\n`]
  for (let index = 0, size = 0; size < BUNDLE_BYTES - 400; index++) {
    const part = `registry.f${index} = function f${index}(input) { if (typeof input !== "object" || input === null) throw new TypeError("f${index} needs an object"); const out = {}; for (const [key, value] of Object.entries(input)) out[key + "_${index}"] = typeof value === "string" ? value.trim() : value; return out; };\n`
    parts.push(part)
    size += part.length
  }
  parts.push(
    `globalThis.__pinionPlugin = { types: { "bench.Task": { kind: "task", run: ${RUN}, seed, registry } } };\n})();\n`,
  )
  const source = parts.join('')
  const bundlePath = join(directory, `${name}.js`)
  writeFileSync(bundlePath, source)
  return {
    packageName: `bench-${name}`,
    version: '1.0.0',
    runtime: 'isolate',
    sha512: `sha512-${createHash('sha512').update(source).digest('base64')}`,
    bundlePath,
    permissions: {},
    types: [{ type: 'bench.Task', kind: 'task', freshContext: false }],
  }
}
