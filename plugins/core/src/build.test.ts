import { resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import { createPluginBuilder } from '@pinion/plugin-sdk/build'
import { expect, test } from 'vitest'

test('the plugin builds without faults, and its bundle runs without any module of Node', async () => {
  const builder = createPluginBuilder(resolve(import.meta.dirname, '..'))
  const { manifest, bundle } = await builder.rebuild().finally(() => builder.close())
  const types: unknown = runInNewContext(
    `${new TextDecoder().decode(bundle)}; Object.keys(__pinionPlugin.types).join()`,
  )
  const withCode = manifest.types.filter(({ executedBy }) => executedBy === undefined)
  expect(types).toBe(withCode.map(({ type }) => type).join())
  expect(manifest.types.map(({ type }) => type.slice(manifest.group.length + 1))).toEqual([
    'debug.Echo',
    'debug.Return',
    'execution.Fail',
    'flow.AllowFailure',
    'flow.Dag',
    'flow.EachParallel',
    'flow.EachSequential',
    'flow.ForEach',
    'flow.If',
    'flow.LoopUntil',
    'flow.Parallel',
    'flow.Sequential',
    'flow.Sleep',
    'flow.Switch',
    'http.Download',
    'http.Request',
    'log.Log',
    'output.OutputValues',
  ])
  expect(manifest.subgroups.filter(({ icon }) => icon === undefined)).toEqual([])
})
