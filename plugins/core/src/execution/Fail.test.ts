import { runTask } from '@pinion/plugin-sdk/testing'
import { expect, test } from 'vitest'
import Fail from './Fail.ts'

const schema = new URL('./Fail.schema.yaml', import.meta.url)

test('without a condition it fails, with a message of its own or the author’s', async () => {
  await expect(runTask(Fail, schema, {})).rejects.toMatchObject({
    name: 'TaskError',
    message: 'Task failure',
  })
  await expect(runTask(Fail, schema, { errorMessage: 'Bad value!' })).rejects.toThrow('Bad value!')
})

test.each([true, 'true', 'yes', 1, '1'])('the condition %j fails the task', async (condition) => {
  await expect(runTask(Fail, schema, { condition })).rejects.toThrow('Task failure')
})

test.each([false, 'false', ' FALSE ', '', 0, '0', '-0', 'null'])(
  'the condition %j lets the flow go on',
  async (condition) => {
    expect((await runTask(Fail, schema, { condition })).outputs).toBeUndefined()
  },
)
