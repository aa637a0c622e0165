import type { ScaffoldAnswers } from '../answers.ts'

/** A unit test without a platform, and a test of a whole flow on an embedded one. */
export function exampleTests({ group }: ScaffoldAnswers): Readonly<Record<string, string>> {
  return { 'src/Reverse.test.ts': UNIT_TEST, 'test/flow.test.ts': flowTest(group) }
}

const UNIT_TEST = `import { runTask } from '@pinion/plugin-sdk/testing'
import { expect, test } from 'vitest'
import Reverse from './Reverse.ts'

const schema = new URL('./Reverse.schema.yaml', import.meta.url)

test('a text is reversed character by character', async () => {
  const { outputs, logs, metrics } = await runTask(Reverse, schema, { text: 'abc 👩‍🚀' })
  expect(outputs).toEqual({ value: '👩‍🚀 cba' })
  expect(logs).toEqual([{ level: 'INFO', message: 'Reversing 5 parts' }])
  expect(metrics).toMatchObject([{ name: 'parts', type: 'counter', value: 5 }])
})

test('words can be kept whole', async () => {
  const { outputs } = await runTask(Reverse, schema, { text: 'one two', by: 'WORD' })
  expect(outputs).toEqual({ value: 'two one' })
})

test('a text is required', async () => {
  await expect(runTask(Reverse, schema, {})).rejects.toThrow('\`text\` is missing')
})
`

function flowTest(group: string): string {
  return `import { resolve } from 'node:path'
import { runFlow } from '@pinion/core/testing'
import { expect, test } from 'vitest'

test('one task takes what another returned', async () => {
  const { state, taskRuns } = await runFlow({
    pluginDir: resolve(import.meta.dirname, '..'),
    flow: \`
id: reverse_twice
namespace: company.team

tasks:
  - id: first
    type: ${group}.Reverse
    text: abc

  - id: second
    type: ${group}.Reverse
    text: "{{ outputs.first.value }}"
\`,
  })
  expect(state).toBe('SUCCESS')
  expect(taskRuns).toMatchObject([
    { taskId: 'first', state: 'SUCCESS', outputs: { value: 'cba' } },
    { taskId: 'second', state: 'SUCCESS', outputs: { value: 'abc' } },
  ])
})
`
}
