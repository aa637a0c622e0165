import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AttemptResult, BundleRef } from './runtime.ts'
import { HOSTILE_PLUGINS } from './testing/hostile-plugins.ts'
import { testPlugin } from './testing/test-plugin.ts'
import { TestRuntime } from './testing/test-runtime.ts'

const MIB = 1024 * 1024

describe('hostile plugins are contained and named', () => {
  let runtime: TestRuntime
  let victim: BundleRef
  beforeAll(async () => {
    runtime = new TestRuntime({ hosts: 2, isolateHeapBytes: 48 * MIB, hostResidentBytes: 280 * MIB })
    victim = testPlugin({
      'victim.Work': `{ kind: 'task', async run({ steps }, { sleep }) { for (let i = 0; i < steps; i++) await sleep(10); return { steps } } }`,
    })
    await runtime.runtime.load(victim)
  })
  afterAll(async () => {
    await runtime[Symbol.asyncDispose]()
  })

  /** As a worker does it: what is lost runs again, and does not count. */
  const finish = async (steps: number): Promise<AttemptResult> => {
    for (;;) {
      const result = await runtime.run(victim, 'victim.Work', { steps })
      if (result.status !== 'LOST') return result
    }
  }

  test.each(HOSTILE_PLUGINS)('$name', async ({ run, prelude, permissions, ends, outputs }) => {
    const bundle = testPlugin(
      { 'hostile.Run': `{ kind: 'task', run: ${run} }` },
      { prelude: prelude ?? '', permissions: permissions ?? {}, packageName: 'hostile' },
    )
    const victims = Array.from({ length: 4 }, () => finish(20))
    const result = await runtime.run(
      bundle,
      'hostile.Run',
      {},
      { limits: { cpuSliceMs: 400, wallTimeMs: 1_500 } },
    )
    const end = result.status === 'FAILED' ? result.error.code : result.status
    expect(ends, JSON.stringify(result)).toContain(end)
    if (outputs !== undefined && result.status === 'SUCCESS')
      expect(JSON.parse(result.outputsJson)).toEqual(outputs)
    if (result.status === 'FAILED' && /CPU|MEMORY|UNRESPONSIVE|CRASHED|TIMEOUT/.test(result.error.code)) {
      expect(result.error.message).toContain('hostile@1.0.0')
    }
    for (const victimResult of await Promise.all(victims)) {
      expect(victimResult).toMatchObject({ status: 'SUCCESS', outputsJson: '{"steps":20}' })
    }
    expect(await finish(1)).toMatchObject({ status: 'SUCCESS' })
    await runtime.runtime.unload(bundle.sha512)
  })

  test('every host that died was reported, and no death was blamed on the victim', () => {
    expect(runtime.incidents.filter(({ code }) => code === 'HOST_DIED')).toEqual([])
    expect(runtime.incidents.every(({ packageName }) => packageName === 'hostile')).toBe(true)
  })
})
