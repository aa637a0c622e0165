import type { PluginRuntimeKind } from '@pinion/plugin-sdk/manifest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestPluginOptions, testPlugin } from './test-plugin.ts'
import { TestRuntime } from './test-runtime.ts'
import { TestServices } from './test-services.ts'

/** What every way to run plugin code must do, whatever it runs in. */
export function describeRuntime(kind: PluginRuntimeKind): void {
  const plugin = (types: Readonly<Record<string, string>>, options: TestPluginOptions = {}) =>
    testPlugin(types, { runtime: kind, ...options })

  describe(`plugins in the ${kind} runtime`, () => {
    let runtime: TestRuntime
    beforeAll(async () => {
      runtime = new TestRuntime()
    })
    afterAll(async () => {
      await runtime[Symbol.asyncDispose]()
    })

    test('a task gets its properties and returns its outputs', async () => {
      const bundle = plugin({ 'x.Sum': `{ kind: 'task', run: ({ a, b }) => ({ sum: a + b }) }` })
      expect(await runtime.outputs(bundle, 'x.Sum', { a: 2, b: 3 })).toEqual({ sum: 5 })
    })

    test('a task may be asynchronous and may return nothing', async () => {
      const bundle = plugin({ 'x.Nothing': `{ kind: 'task', async run() { await null } }` })
      expect(await runtime.outputs(bundle, 'x.Nothing')).toEqual({})
    })

    test('a trigger evaluates to outputs or to nothing', async () => {
      const bundle = plugin({
        'x.Poll': `{ kind: 'trigger', evaluate: ({ due }, context) => due ? { last: context.lastEvaluation } : undefined }`,
      })
      const options = { method: 'evaluate', context: { lastEvaluation: '2026-01-01T00:00:00Z' } } as const
      expect(await runtime.outputs(bundle, 'x.Poll', { due: true }, options)).toEqual({
        last: '2026-01-01T00:00:00Z',
      })
      expect(await runtime.outputs(bundle, 'x.Poll', { due: false }, options)).toBeNull()
    })

    test('the context tells who runs, with which configuration', async () => {
      const bundle = plugin({
        'x.Who': `{ kind: 'task', run: (_, { execution, configuration }) => ({ flow: execution.flowId, attempt: execution.attempt, region: configuration.region }) }`,
      })
      const outputs = await runtime.outputs(
        bundle,
        'x.Who',
        {},
        { context: { attempt: 2, configuration: { region: 'eu' } } },
      )
      expect(outputs).toEqual({ flow: 'flow', attempt: 2, region: 'eu' })
    })

    test('logs, console, metrics, progress and warnings reach the platform', async () => {
      const bundle = plugin({
        'x.Talk': `{ kind: 'task', async run(_, context) {
          context.log.info('hello'); console.error('oh %s', 'no', { a: 1 })
          context.metrics.counter('rows', 3, { table: 't' }); context.metrics.timer('took', 1.5)
          context.progress(0.5, 'half'); context.warn('careful')
        } }`,
      })
      const services = new TestServices()
      const result = await runtime.run(bundle, 'x.Talk', {}, { services })
      expect(result).toMatchObject({ status: 'SUCCESS', warning: 'careful' })
      expect(services.logs.map(({ level, message }) => `${level} ${message}`)).toEqual([
        'INFO hello',
        'ERROR oh no { a: 1 }',
      ])
      expect(services.metrics).toEqual([
        { name: 'rows', type: 'counter', value: 3, tags: { table: 't' } },
        { name: 'took', type: 'timer', value: 1.5, tags: {} },
      ])
      expect(services.progresses).toEqual([{ fraction: 0.5, message: 'half' }])
    })

    test('kv, secrets and expressions are the platform’s', async () => {
      const bundle = plugin(
        {
          'x.Kv': `{ kind: 'task', async run(_, { kv, secret, render }) {
            const before = await kv.get('k')
            await kv.set('k', { n: 1 }, { ttlMs: 1000 })
            const keys = await kv.keys({ prefix: 'k' })
            return { before: before === undefined, value: await kv.get('k'), keys, deleted: await kv.delete('k'), token: await secret('TOKEN') }
          } }`,
          'x.Render': `{ kind: 'task', run: async (_, context) => ({ text: await context.render('hi {{ name }}', { name: 'you' }) }) }`,
        },
        { permissions: { kv: true, secrets: true } },
      )
      expect(await runtime.outputs(bundle, 'x.Kv')).toEqual({
        before: true,
        value: { n: 1 },
        keys: ['k'],
        deleted: true,
        token: 'hush',
      })
      expect(await runtime.outputs(bundle, 'x.Render')).toEqual({ text: 'hi you' })
    })

    test('files are written and read in pieces', async () => {
      const bundle = plugin(
        {
          'x.Files': `{ kind: 'task', async run({ size }, { storage }) {
            const data = new Uint8Array(size).map((_, index) => index % 251)
            const source = new ReadableStream({ start(controller) { controller.enqueue(data); controller.close() } })
            const uri = await storage.put('data.bin', source)
            const back = await storage.bytes(uri)
            let streamed = 0
            for await (const part of await storage.get(uri)) streamed += part.byteLength
            const text = await storage.text(await storage.put('a.txt', 'grüße'))
            await storage.delete(uri)
            return { equal: back.length === size && back.every((byte, index) => byte === index % 251), streamed, text, gone: !(await storage.exists(uri)) }
          } }`,
        },
        { permissions: { storage: true } },
      )
      expect(await runtime.outputs(bundle, 'x.Files', { size: 700_000 })).toEqual({
        equal: true,
        streamed: 700_000,
        text: 'grüße',
        gone: true,
      })
    })

    test.each([
      ['storage', `context.storage.text('kestra:///x')`],
      ['kv', `context.kv.get('k')`],
      ['secrets', `context.secret('TOKEN')`],
    ])('what was not granted is refused by name: %s', async (permission, expression) => {
      const bundle = plugin({ 'x.Try': `{ kind: 'task', run: (_, context) => ${expression} }` })
      expect(await runtime.run(bundle, 'x.Try')).toMatchObject({
        status: 'FAILED',
        error: {
          code: 'PLUGIN_PERMISSION_DENIED',
          message: expect.stringContaining(`${permission} is not granted to ${bundle.packageName}@1.0.0`),
        },
      })
    })

    test('an error keeps its message, its causes and whether a retry is worth it', async () => {
      const bundle = plugin({
        'x.Fail': `{ kind: 'task', run() {
          const error = new Error('no rows', { cause: new Error('table is empty') })
          error.name = 'TaskError'; error.retryable = false; error.outputs = { rows: 0 }
          throw error
        } }`,
      })
      expect(await runtime.run(bundle, 'x.Fail')).toMatchObject({
        status: 'FAILED',
        error: { code: 'PLUGIN_THREW', message: 'no rows (cause: table is empty)' },
        retryable: false,
        outputsJson: '{"rows":0}',
      })
    })

    test.each([
      ['an array', '[1]', 'PLUGIN_OUTPUT_INVALID'],
      ['a text', '"x"', 'PLUGIN_OUTPUT_INVALID'],
      ['more than its share', '{ text: "x".repeat(2000) }', 'PLUGIN_OUTPUT_TOO_LARGE'],
    ])('outputs that are %s fail the attempt', async (_, value, code) => {
      const bundle = plugin({ 'x.Out': `{ kind: 'task', run: () => (${value}) }` })
      const result = await runtime.run(bundle, 'x.Out', {}, { limits: { outputBytes: 1000 } })
      expect(result).toMatchObject({ status: 'FAILED', error: { code } })
    })

    test('a type that the bundle does not have is named', async () => {
      const bundle = plugin({ 'x.A': `{ kind: 'task', run() {} }` })
      const result = await runtime.run(bundle, 'x.B')
      expect(result).toMatchObject({ status: 'FAILED', error: { code: 'PLUGIN_TYPE_MISSING' } })
    })

    test('loading refuses a bundle that is not what its manifest says', async () => {
      const promised = [
        { type: 'x.A', kind: 'trigger', freshContext: false },
        { type: 'x.B', freshContext: false },
      ] as const
      const bundle = plugin({ 'x.A': `{ kind: 'task', run() {} }` }, { promised })
      await expect(runtime.runtime.load(bundle)).rejects.toMatchObject({
        code: 'PLUGIN_LOAD_FAILED',
        message: expect.stringContaining('x.A is a task, not a trigger. It does not export x.B.'),
      })
    })

    test('loading refuses a bundle whose content has changed', async () => {
      const bundle = { ...plugin({ 'x.A': `{ kind: 'task', run() {} }` }), sha512: 'sha512-AAAA' }
      await expect(runtime.runtime.load(bundle)).rejects.toMatchObject({ code: 'PLUGIN_LOAD_FAILED' })
      const result = await runtime.run(bundle, 'x.A')
      expect(result).toMatchObject({
        status: 'FAILED',
        error: { code: 'PLUGIN_LOAD_FAILED' },
        retryable: false,
      })
    })

    test('loading twice is loading once', async () => {
      const bundle = plugin({ 'x.A': `{ kind: 'task', run() {} }` })
      await Promise.all([runtime.runtime.load(bundle), runtime.runtime.load(bundle)])
      await runtime.runtime.load(bundle)
      expect(await runtime.outputs(bundle, 'x.A')).toEqual({})
    })

    test('an attempt that never ends is ended at its wall time', async () => {
      const bundle = plugin({
        'x.Never': `{ kind: 'task', run: (_, { signal, log }) => { signal.addEventListener('abort', () => log.info(signal.reason.name)); return new Promise(() => {}) } }`,
      })
      const services = new TestServices()
      const result = await runtime.run(bundle, 'x.Never', {}, { limits: { wallTimeMs: 100 }, services })
      expect(result).toMatchObject({ status: 'FAILED', error: { code: 'PLUGIN_TIMEOUT' }, retryable: true })
      expect(services.messages).toEqual(['TimeoutError'])
    })

    test('a killed attempt may clean up, and settles KILLED', async () => {
      const bundle = plugin({
        'x.Wait': `{ kind: 'task', async run(_, { sleep, log }) { log.info('waiting'); try { await sleep(60000) } finally { log.info('cleaned') } } }`,
      })
      const services = new TestServices()
      const running = runtime.run(bundle, 'x.Wait', {}, { attemptId: 'kill-1', services })
      await services.logged('waiting')
      runtime.runtime.kill('kill-1')
      expect(await running).toMatchObject({ status: 'KILLED' })
      expect(services.messages).toEqual(['waiting', 'cleaned'])
    })

    test('a killed attempt that does not listen is ended after its grace', async () => {
      const bundle = plugin({
        'x.Deaf': `{ kind: 'task', run: (_, { log }) => { log.info('waiting'); return new Promise(() => {}) } }`,
      })
      const services = new TestServices()
      const running = runtime.run(bundle, 'x.Deaf', {}, { attemptId: 'kill-2', services })
      await services.logged('waiting')
      runtime.runtime.kill('kill-2', 50)
      expect(await running).toMatchObject({ status: 'KILLED' })
    })

    test('unloading waits for what runs, refuses what comes, and can be followed by a new load', async () => {
      const bundle = plugin({
        'x.Slow': `{ kind: 'task', async run(_, { sleep }) { await sleep(300); return { done: true } } }`,
      })
      await runtime.runtime.load(bundle)
      const running = runtime.outputs(bundle, 'x.Slow')
      const unloaded = runtime.runtime.unload(bundle.sha512)
      expect(await runtime.run(bundle, 'x.Slow')).toMatchObject({
        status: 'FAILED',
        error: { code: 'PLUGIN_UNLOADING' },
      })
      expect(await running).toEqual({ done: true })
      await unloaded
      expect(runtime.runtime.stats().loaded.some(({ sha512 }) => sha512 === bundle.sha512)).toBe(false)
      expect(await runtime.outputs(bundle, 'x.Slow')).toEqual({ done: true })
    })

    test('what an attempt used is measured', async () => {
      const bundle = plugin(
        {
          'x.Use': `{ kind: 'task', async run(_, { kv }) { const until = Date.now() + 40; while (Date.now() < until); await kv.get('a'); await kv.get('b') } }`,
        },
        { permissions: { kv: true } },
      )
      const result = await runtime.run(bundle, 'x.Use')
      expect(result).toMatchObject({ status: 'SUCCESS', usage: { hostCalls: 2 } })
      expect(result.status === 'SUCCESS' && result.usage.cpuMs).toBeGreaterThan(20)
    })

    test('nothing of the server’s environment is there', async () => {
      process.env['PINION_TEST_SECRET'] = 'leaked'
      await using own = new TestRuntime({ hosts: 1 })
      const bundle = plugin({
        'x.Env': `{ kind: 'task', run: () => ({ found: typeof process === 'undefined' ? null : process.env.PINION_TEST_SECRET ?? null }) }`,
      })
      expect(await own.outputs(bundle, 'x.Env')).toEqual({ found: null })
    })
  })
}
