import { runTask } from '@pinion/plugin-sdk/testing'
import { expect, test } from 'vitest'
import Echo from './Echo.ts'
import Return from './Return.ts'

const returnSchema = new URL('./Return.schema.yaml', import.meta.url)
const echoSchema = new URL('./Echo.schema.yaml', import.meta.url)

test('Return gives the text as value and measures it', async () => {
  const { outputs, metrics } = await runTask(Return, returnSchema, { format: 'abc' })
  expect(outputs).toEqual({ value: 'abc' })
  expect(metrics).toMatchObject([
    { name: 'length', type: 'counter', value: 3 },
    { name: 'duration', type: 'timer' },
  ])
})

test('Return without a format has no value', async () => {
  expect((await runTask(Return, returnSchema, {})).outputs).toEqual({})
})

test('Echo logs its text', async () => {
  const { logs } = await runTask(Echo, echoSchema, { format: 'abc', level: 'ERROR' })
  expect(logs).toEqual([{ level: 'ERROR', message: 'abc' }])
})
