import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import type { PluginRuntime } from './runtime.ts'
import { testPlugin, writeBundle } from './testing/test-plugin.ts'
import { TestRuntime } from './testing/test-runtime.ts'
import { TestServices } from './testing/test-services.ts'

const MIB = 1024 * 1024

const VERSION = (version: string) =>
  testPlugin(
    { 'x.Version': `{ kind: 'task', run: () => ({ version: '${version}' }) }` },
    { packageName: 'x', version },
  )

function pids(runtime: PluginRuntime): number[] {
  return runtime.stats().hosts.map(({ pid }) => pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('versions side by side', () => {
  test('two versions of one type run at the same time, each with its own code', async () => {
    await using runtime = new TestRuntime()
    const [one, two] = [VERSION('1.0.0'), VERSION('2.0.0')]
    const outputs = await Promise.all(
      [one, two, one, two].map((bundle) => runtime.outputs(bundle, 'x.Version')),
    )
    expect(outputs).toEqual(['1.0.0', '2.0.0', '1.0.0', '2.0.0'].map((version) => ({ version })))
  })

  test('runs share a global scope, unless the type wants one of its own', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const count = `{ kind: 'task', run: () => ({ count: (globalThis.count = (globalThis.count ?? 0) + 1) }) }`
    const bundle = testPlugin({ 'x.Shared': count, 'x.Fresh': count }, { freshContext: ['x.Fresh'] })
    const counts = []
    for (const type of ['x.Shared', 'x.Shared', 'x.Fresh', 'x.Fresh'])
      counts.push(await runtime.outputs(bundle, type))
    expect(counts).toEqual([{ count: 1 }, { count: 2 }, { count: 1 }, { count: 1 }])
  })

  test('the same code with other grants does not share an isolate', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin({
      'x.Kv': `{ kind: 'task', run: async (_, { kv }) => ({ keys: await kv.keys() }) }`,
    })
    const granted = { ...bundle, permissions: { kv: true } }
    expect(await runtime.outputs(granted, 'x.Kv')).toEqual({ keys: [] })
    expect(await runtime.run(bundle, 'x.Kv')).toMatchObject({ error: { code: 'PLUGIN_PERMISSION_DENIED' } })
  })

  test('idle isolates make room for others, and come back when they are needed', async () => {
    await using runtime = new TestRuntime({ hosts: 1, isolatesPerHost: 2 })
    const bundles = Array.from({ length: 5 }, (_, index) => VERSION(`${index}.0.0`))
    for (let round = 0; round < 2; round++) {
      for (const [index, bundle] of bundles.entries()) {
        expect(await runtime.outputs(bundle, 'x.Version')).toEqual({ version: `${index}.0.0` })
      }
    }
  })

  test('a hundred reloads leave no isolate behind', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    for (let index = 0; index < 100; index++) {
      const bundle = VERSION(`${index}.0.0`)
      await runtime.runtime.load(bundle)
      expect(await runtime.outputs(bundle, 'x.Version')).toEqual({ version: `${index}.0.0` })
      await runtime.runtime.unload(bundle.sha512)
    }
    expect(runtime.runtime.stats().loaded).toEqual([])
    await expect
      .poll(() => runtime.runtime.stats().hosts.every(({ isolates }) => isolates === 0), { timeout: 5_000 })
      .toBe(true)
  })
})

describe('errors point at the plugin’s TypeScript', () => {
  test('a stack and a place in the sources, from which the bundle was made', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const source = `type Row = { id: number }\n\nfunction pick(rows: Row[]): Row {\n  const row = rows[0]\n  if (row === undefined) throw new RangeError('no rows')\n  return row\n}\nfunction spin(): never {\n  for (;;) { /* for ever */ }\n}\n;(globalThis as any).__pinionPlugin = { types: {\n  'x.Pick': { kind: 'task', run: ({ rows }: { rows: Row[] }) => pick(rows) },\n  'x.Spin': { kind: 'task', run: () => spin() },\n} }\n`
    const built = await build({
      stdin: { contents: source, sourcefile: 'src/Pick.ts', loader: 'ts' },
      bundle: true,
      write: false,
      format: 'iife',
      minify: true,
      sourcemap: 'external',
      outfile: 'bundle.js',
    })
    const text = (name: string) => built.outputFiles.find(({ path }) => path.endsWith(name))?.text ?? ''
    const bundle = writeBundle(text('bundle.js'), { sourceMap: text('.map') })
    expect(await runtime.run(bundle, 'x.Pick', { rows: [] })).toMatchObject({
      error: { message: 'RangeError: no rows', at: { file: 'src/Pick.ts', line: 5 } },
      stack: expect.stringMatching(/^RangeError: no rows\n {4}at \S+ \(src\/Pick\.ts:5:\d+\)\n/),
    })
    expect(await runtime.run(bundle, 'x.Spin', {}, { limits: { cpuSliceMs: 50 } })).toMatchObject({
      error: { code: 'PLUGIN_CPU_LIMIT', at: { file: 'src/Pick.ts', line: 9 } },
    })
  })

  test('an error at load names its place', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const thrown = writeBundle(`const a = 1\nthrow new TypeError('top level')`)
    await expect(runtime.runtime.load(thrown)).rejects.toMatchObject({
      code: 'PLUGIN_LOAD_FAILED',
      message: expect.stringContaining('TypeError: top level'),
      at: { file: 'bundle.js', line: 2 },
    })
    const invalid = writeBundle(`const a = 1\nconst = 2`)
    await expect(runtime.runtime.load(invalid)).rejects.toMatchObject({
      code: 'PLUGIN_LOAD_FAILED',
      message: expect.stringContaining('is not valid JavaScript'),
    })
  })
})

describe('a host that is gone', () => {
  test('loses its attempts through nobody’s fault when it is killed from outside', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin({
      'x.Wait': `{ kind: 'task', async run(_, { log, sleep }) { log.info('waiting'); await sleep(60000) } }`,
      'x.Quick': `{ kind: 'task', run: () => ({ ok: true }) }`,
    })
    const services = new TestServices()
    const running = runtime.run(bundle, 'x.Wait', {}, { services })
    await services.logged('waiting')
    const busy = runtime.runtime.stats().hosts.find(({ runningAttempts }) => runningAttempts > 0)
    process.kill(busy?.pid ?? 0, 'SIGKILL')
    expect(await running).toMatchObject({ status: 'LOST', reason: expect.stringContaining('from outside') })
    expect(await runtime.outputs(bundle, 'x.Quick')).toEqual({ ok: true })
    expect(runtime.incidents).toMatchObject([{ code: 'HOST_DIED', lostAttempts: 1 }])
  })

  test('fails the attempt whose code was running, and loses the others', async () => {
    await using runtime = new TestRuntime({ hosts: 1, hostResidentBytes: 200 * MIB })
    const victim = testPlugin({
      'x.Wait': `{ kind: 'task', async run(_, { log, sleep }) { log.info('waiting'); await sleep(60000) } }`,
    })
    const bomb = testPlugin(
      {
        'x.Bomb': `{ kind: 'task', run() { const all = []; for (;;) { const memory = new WebAssembly.Memory({ initial: 500 }); new Uint8Array(memory.buffer).fill(1); all.push(memory) } } }`,
      },
      { packageName: 'bomb', permissions: { wasm: true } },
    )
    const services = new TestServices()
    const waiting = runtime.run(victim, 'x.Wait', {}, { services })
    await services.logged('waiting')
    expect(await runtime.run(bomb, 'x.Bomb')).toMatchObject({
      status: 'FAILED',
      error: { code: 'PLUGIN_OUT_OF_MEMORY', message: expect.stringContaining('bomb@1.0.0') },
    })
    expect(await waiting).toMatchObject({ status: 'LOST', reason: expect.stringContaining('bomb@1.0.0') })
    expect(runtime.incidents).toMatchObject([{ code: 'PLUGIN_OUT_OF_MEMORY', packageName: 'bomb' }])
  })

  test('makes suspects of all it had, if it crashes with nobody running: each is tried alone, then free again', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin({
      'x.Wait': `{ kind: 'task', async run(_, { log, sleep }) { log.info('waiting'); await sleep(60000) } }`,
      'x.Quick': `{ kind: 'task', run: () => ({ ok: true }) }`,
    })
    const services = new TestServices()
    const running = runtime.run(bundle, 'x.Wait', {}, { services })
    await services.logged('waiting')
    const busy = runtime.runtime.stats().hosts.find(({ runningAttempts }) => runningAttempts > 0)
    process.kill(busy?.pid ?? 0, 'SIGSEGV')
    expect(await running).toMatchObject({ status: 'LOST', reason: expect.stringContaining('unknown cause') })
    const before = new Set(pids(runtime.runtime))
    expect(await runtime.outputs(bundle, 'x.Quick')).toEqual({ ok: true })
    // The quarantine's host was started for it.
    expect(pids(runtime.runtime).filter((pid) => !before.has(pid)).length).toBeGreaterThan(0)
    expect(await runtime.outputs(bundle, 'x.Quick')).toEqual({ ok: true })
  })

  test('is replaced after so many attempts, without anybody noticing', async () => {
    await using runtime = new TestRuntime({ hosts: 1, recycleAfterAttempts: 20 })
    const bundle = VERSION('1.0.0')
    await runtime.outputs(bundle, 'x.Version')
    const before = new Set(pids(runtime.runtime))
    const all = await Promise.all(Array.from({ length: 100 }, () => runtime.run(bundle, 'x.Version')))
    expect(all.every(({ status }) => status === 'SUCCESS')).toBe(true)
    expect(pids(runtime.runtime).some((pid) => !before.has(pid))).toBe(true)
    expect(runtime.incidents).toEqual([])
  })

  test('close ends every process and loses what still runs', async () => {
    const runtime = new TestRuntime()
    const bundle = testPlugin({
      'x.Never': `{ kind: 'task', run: (_, { log }) => { log.info('here'); return new Promise(() => {}) } }`,
    })
    const services = new TestServices()
    const running = runtime.run(bundle, 'x.Never', {}, { services })
    await services.logged('here')
    const all = pids(runtime.runtime)
    await runtime[Symbol.asyncDispose]()
    expect(await running).toMatchObject({ status: 'LOST' })
    expect(all.filter(isAlive)).toEqual([])
    expect(await runtime.run(bundle, 'x.Never')).toMatchObject({ error: { code: 'RUNTIME_CLOSED' } })
  })
})

describe('neighbours', () => {
  test('a slow slice does not hold the attempts behind it, and each of them runs once', async () => {
    await using runtime = new TestRuntime({ hosts: 2 })
    const bundle = testPlugin({
      'x.Slow': `{ kind: 'task', run({ ms }) { const until = Date.now() + ms; while (Date.now() < until); return {} } }`,
      'x.Quick': `{ kind: 'task', run: ({ index }, { log }) => { log.info('ran ' + index) } }`,
    })
    await Promise.all([
      runtime.run(bundle, 'x.Quick'),
      runtime.run(bundle, 'x.Quick'),
      runtime.run(bundle, 'x.Quick'),
    ])
    const services = new TestServices()
    const order: string[] = []
    const slow = runtime.run(bundle, 'x.Slow', { ms: 1500 }).then(() => order.push('slow'))
    const quick = Array.from({ length: 200 }, (_, index) =>
      runtime.run(bundle, 'x.Quick', { index }, { services }),
    )
    const results = await Promise.all(quick)
    order.push('quick')
    await slow
    expect(results.every(({ status }) => status === 'SUCCESS')).toBe(true)
    expect(services.messages.toSorted()).toEqual(
      Array.from({ length: 200 }, (_, index) => `ran ${index}`).toSorted(),
    )
    expect(order).toEqual(['quick', 'slow'])
  })

  test('an attempt that is cut off leaves those that wait in its isolate alone', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin({
      'x.Spin': `{ kind: 'task', run() { for (;;); } }`,
      'x.Wait': `{ kind: 'task', async run(_, { log, sleep }) { log.info('waiting'); await sleep(400); return { ok: true } } }`,
    })
    const services = new TestServices()
    const waiting = runtime.run(bundle, 'x.Wait', {}, { services })
    await services.logged('waiting')
    expect(await runtime.run(bundle, 'x.Spin', {}, { limits: { cpuSliceMs: 100 } })).toMatchObject({
      error: { code: 'PLUGIN_CPU_LIMIT' },
    })
    expect(await waiting).toMatchObject({ status: 'SUCCESS' })
    expect(await runtime.outputs(bundle, 'x.Wait')).toEqual({ ok: true })
  })

  test('an isolate that fills its heap fails the one that did it and loses the rest', async () => {
    await using runtime = new TestRuntime({ hosts: 1, isolateHeapBytes: 24 * MIB })
    const bundle = testPlugin({
      'x.Leak': `{ kind: 'task', run() { const all = []; for (;;) all.push({ a: [1, 2, 3] }) } }`,
      'x.Wait': `{ kind: 'task', async run(_, { log, sleep }) { log.info('waiting'); await sleep(5000) } }`,
      'x.Quick': `{ kind: 'task', run: () => ({ ok: true }) }`,
    })
    const services = new TestServices()
    const waiting = runtime.run(bundle, 'x.Wait', {}, { services })
    await services.logged('waiting')
    expect(await runtime.run(bundle, 'x.Leak')).toMatchObject({ error: { code: 'PLUGIN_OUT_OF_MEMORY' } })
    expect(await waiting).toMatchObject({ status: 'LOST' })
    expect(await runtime.outputs(bundle, 'x.Quick')).toEqual({ ok: true })
  })

  test('a rejection that nobody handles is logged, and the attempt keeps its result', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin({
      'x.Loose': `{ kind: 'task', run() { Promise.reject(new Error('forgotten')); return { ok: true } } }`,
    })
    const services = new TestServices()
    expect(await runtime.outputs(bundle, 'x.Loose', {}, { services })).toEqual({ ok: true })
    expect(services.messages).toEqual(['Unhandled rejection: Error: forgotten'])
  })

  test('an error thrown in a timer fails the attempt that set it', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin({
      'x.Timer': `{ kind: 'task', run: () => new Promise(() => setTimeout(() => { throw new Error('late') }, 1)) }`,
    })
    expect(await runtime.run(bundle, 'x.Timer')).toMatchObject({
      error: { code: 'PLUGIN_THREW', message: 'late' },
    })
  })

  test('timers of the bundle itself run while an attempt does', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin(
      {
        'x.Ticks': `{ kind: 'task', async run(_, { sleep }) { const before = ticks; await sleep(60); return { moved: ticks > before } } }`,
      },
      { prelude: 'let ticks = 0; setInterval(() => { ticks++ }, 5)' },
    )
    expect(await runtime.outputs(bundle, 'x.Ticks')).toEqual({ moved: true })
  })

  test('a flood of log lines is cut, counted and said', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin({
      'x.Flood': `{ kind: 'task', run(_, { log }) { const line = 'x'.repeat(10000); for (let i = 0; i < 5000; i++) log.info(line) } }`,
    })
    const services = new TestServices()
    await runtime.outputs(bundle, 'x.Flood', {}, { services, limits: { cpuSliceMs: 10_000 } })
    expect(services.logs.length).toBeLessThan(1_500)
    expect(services.messages.at(-1)).toMatch(/^\d+ log lines were dropped/)
  })
})

describe('the code cache', () => {
  test('survives a flipped byte, and never answers with other code of the same length', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const directory = join(runtime.cacheDir, 'v8')
    const code = (word: string) =>
      testPlugin({ 'x.Word': `{ kind: 'task', run: () => ({ word: '${word}' }) }` })
    const old = code('OLD')
    expect(await runtime.outputs(old, 'x.Word')).toEqual({ word: 'OLD' })
    await runtime.runtime.unload(old.sha512)
    await expect
      .poll(() => readdirSync(directory).filter((name) => name.endsWith('.bin')).length)
      .toBeGreaterThan(1)
    for (const name of readdirSync(directory)) {
      const content = readFileSync(join(directory, name))
      const middle = Math.floor(content.length / 2)
      content.writeUInt8((content.readUInt8(middle) ^ 1) & 255, middle)
      writeFileSync(join(directory, name), content)
    }
    expect(await runtime.outputs(old, 'x.Word')).toEqual({ word: 'OLD' })
    expect(await runtime.outputs(code('NEW'), 'x.Word')).toEqual({ word: 'NEW' })
    expect(runtime.incidents).toEqual([])
  })

  test('is used by the next runtime', async () => {
    await using first = new TestRuntime({ hosts: 1 })
    const bundle = VERSION('1.0.0')
    await first.outputs(bundle, 'x.Version')
    const directory = join(first.cacheDir, 'v8')
    await expect
      .poll(() => readdirSync(directory).filter((name) => name.endsWith('.bin')).length)
      .toBeGreaterThan(1)
    const before = readdirSync(directory).toSorted()
    await using second = new TestRuntime({ hosts: 1, cacheDir: first.cacheDir })
    await second.outputs(bundle, 'x.Version')
    expect(readdirSync(directory).toSorted()).toEqual(before)
  })
})

describe('options', () => {
  test('all faults are told at once', () => {
    expect(() => new TestRuntime({ hosts: 0, isolateHeapBytes: 1, hostResidentBytes: 1 })).toThrow(
      expect.objectContaining({
        code: 'RUNTIME_OPTION_INVALID',
        message: expect.stringMatching(/hosts.*isolateHeapBytes.*hostResidentBytes/s),
      }),
    )
  })

  test('the node runtime can be forbidden', async () => {
    await using runtime = new TestRuntime({ hosts: 1, allowsNodeRuntime: false })
    const bundle = testPlugin({ 'x.A': `{ kind: 'task', run() {} }` }, { runtime: 'node' })
    expect(await runtime.run(bundle, 'x.A')).toMatchObject({
      status: 'FAILED',
      error: { code: 'PLUGIN_LOAD_FAILED' },
    })
  })
})

describe('the node runtime', () => {
  test('has Node’s own modules, and no file system or processes', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin(
      {
        'x.Try': `{ kind: 'task', run() {
          const attempt = (work) => { try { work(); return 'done' } catch (error) { return error.code } }
          return {
            hash: createHash('sha256').update('abc').digest('hex').slice(0, 8),
            read: attempt(() => readFileSync('/etc/passwd')),
            write: attempt(() => writeFileSync('/tmp/x', '')),
            spawn: attempt(() => spawnSync('id')),
          }
        } }`,
      },
      {
        runtime: 'node',
        prelude: `import { createHash } from 'node:crypto'; import { readFileSync, writeFileSync } from 'node:fs'; import { spawnSync } from 'node:child_process'`,
      },
    )
    expect(await runtime.outputs(bundle, 'x.Try')).toEqual({
      hash: 'ba7816bf',
      read: 'ERR_ACCESS_DENIED',
      write: 'ERR_ACCESS_DENIED',
      spawn: 'ERR_ACCESS_DENIED',
    })
  })

  test('a slow step delays those behind it, and each of them runs once', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin(
      {
        'x.Slow': `{ kind: 'task', run() { const until = Date.now() + 300; while (Date.now() < until); } }`,
        'x.Quick': `{ kind: 'task', run: ({ index }, { log }) => { log.info('ran ' + index) } }`,
      },
      { runtime: 'node' },
    )
    const services = new TestServices()
    const slow = runtime.run(bundle, 'x.Slow')
    const quick = Array.from({ length: 20 }, (_, index) =>
      runtime.run(bundle, 'x.Quick', { index }, { services }),
    )
    expect((await Promise.all([slow, ...quick])).every(({ status }) => status === 'SUCCESS')).toBe(true)
    expect(services.messages).toEqual(Array.from({ length: 20 }, (_, index) => `ran ${index}`))
  })

  test('a loop that nothing can interrupt costs its process, and fails by name', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin(
      {
        'x.Loop': `{ kind: 'task', run() { for (;;); } }`,
        'x.Quick': `{ kind: 'task', run: () => ({ ok: true }) }`,
      },
      { runtime: 'node', packageName: 'looper' },
    )
    expect(await runtime.run(bundle, 'x.Loop', {}, { limits: { cpuSliceMs: 200 } })).toMatchObject({
      status: 'FAILED',
      error: { code: 'PLUGIN_UNRESPONSIVE', message: expect.stringContaining('looper@1.0.0') },
    })
    expect(await runtime.outputs(bundle, 'x.Quick')).toEqual({ ok: true })
  })

  test('a process that ends itself fails its attempt by name', async () => {
    await using runtime = new TestRuntime({ hosts: 1 })
    const bundle = testPlugin(
      { 'x.Exit': `{ kind: 'task', run: () => process.exit(3) }` },
      { runtime: 'node', packageName: 'quitter' },
    )
    expect(await runtime.run(bundle, 'x.Exit')).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'PLUGIN_CRASHED_HOST',
        message: 'quitter@1.0.0 was running when its host crashed (exit code 3).',
      },
    })
  })
})
