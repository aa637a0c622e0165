import { runTask } from '@pinion/plugin-sdk/testing'
import { expect, test } from 'vitest'
import OutputValues from './OutputValues.ts'

const schema = new URL('./OutputValues.schema.yaml', import.meta.url)

test('values of any shape come back as they are', async () => {
  const values = { region: 'x', list: [1, { a: null }], flag: false }
  expect((await runTask(OutputValues, schema, { values })).outputs).toEqual({ values })
})

test('values must be a map', async () => {
  await expect(runTask(OutputValues, schema, { values: ['a'] })).rejects.toThrow('`values` must be object')
})
