import { runTask } from '@pinion/plugin-sdk/testing'
import { expect, test } from 'vitest'
import Sleep from './Sleep.ts'

const schema = new URL('./Sleep.schema.yaml', import.meta.url)

test.each([
  ['PT2S', 2000],
  ['PT0.25S', 250],
  ['PT1H1M1S', 3_661_000],
  ['P1DT1M', 86_460_000],
  ['P2W', 1_209_600_000],
  ['PT0S', 0],
])('%s waits %i milliseconds', async (duration, durationMs) => {
  expect((await runTask(Sleep, schema, { duration })).context.recorded.sleepsMs).toEqual([durationMs])
})

test.each(['P1M', 'P1Y', '5 seconds', 'PT'])('%s has no fixed length or is no duration', async (duration) => {
  await expect(runTask(Sleep, schema, { duration })).rejects.toMatchObject({
    code: 'PLUGIN_TEST_PROPERTIES_INVALID',
  })
})

test('a kill ends the wait', async () => {
  const signal = AbortSignal.abort(new Error('killed'))
  await expect(runTask(Sleep, schema, { duration: 'PT60S' }, { signal })).rejects.toThrow('killed')
})
