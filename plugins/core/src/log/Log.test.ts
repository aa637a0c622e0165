import { runTask } from '@pinion/plugin-sdk/testing'
import { expect, test } from 'vitest'
import Log from './Log.ts'

const schema = new URL('./Log.schema.yaml', import.meta.url)

test('a message is logged at INFO and there are no outputs', async () => {
  const { logs, outputs } = await runTask(Log, schema, { message: 'Hello World! 🚀' })
  expect(logs).toEqual([{ level: 'INFO', message: 'Hello World! 🚀' }])
  expect(outputs).toBeUndefined()
})

test('each message of a list is a line of its own', async () => {
  const { logs } = await runTask(Log, schema, { message: ['a', 'b'], level: 'WARN' })
  expect(logs).toEqual([
    { level: 'WARN', message: 'a' },
    { level: 'WARN', message: 'b' },
  ])
})

test.each(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'])('the level %s is honoured', async (level) => {
  expect((await runTask(Log, schema, { message: 'x', level })).logs).toEqual([{ level, message: 'x' }])
})

test('a message is required and the level is one of five', async () => {
  await expect(runTask(Log, schema, { level: 'LOUD' })).rejects.toThrow(
    '`message` is missing; `level` must be one of',
  )
})
