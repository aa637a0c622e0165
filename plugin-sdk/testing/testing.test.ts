import { expect, test } from 'vitest'
import { defineTask, defineTrigger } from '../define/index.ts'
import { createTaskContext, evaluateTrigger, runTask } from './index.ts'

const schema = {
  text: `kind: task
properties:
  required: [text]
  properties:
    text: { type: string }
    times: { type: integer, default: 2 }
outputs:
  required: [value]
  properties:
    value: { type: string }
`,
}
const repeat = defineTask<{ text: string; times: number }, { value: string }>({
  run({ text, times }, { log, metrics }) {
    log.warn(text)
    metrics.counter('times', times, { unit: 'copies' })
    return { value: text.repeat(times) }
  },
})

test('a task runs with defaults filled in, and what it did is there to look at', async () => {
  const { outputs, logs, metrics } = await runTask(repeat, schema, { text: 'ab' })
  expect(outputs).toEqual({ value: 'abab' })
  expect(logs).toEqual([{ level: 'WARN', message: 'ab' }])
  expect(metrics).toEqual([{ type: 'counter', name: 'times', value: 2, tags: { unit: 'copies' } }])
})

test('properties that the schema refuses never reach the task; all faults are named', async () => {
  await expect(runTask(repeat, schema, { times: 'x', more: 1 })).rejects.toMatchObject({
    code: 'PLUGIN_TEST_PROPERTIES_INVALID',
    message:
      'The properties do not fit the schema: `text` is missing; `more` is not a known property; `times` must be integer.',
  })
})

test('the properties that a test hands in are not changed', async () => {
  const given = { text: 'ab' }
  await runTask(repeat, schema, given)
  expect(given).toEqual({ text: 'ab' })
})

test('outputs that the schema refuses fail the test', async () => {
  const wrong = defineTask<unknown, unknown>({ run: () => ({ value: 1, more: true }) })
  await expect(runTask(wrong, schema, { text: 'a' })).rejects.toMatchObject({
    code: 'PLUGIN_TEST_OUTPUTS_INVALID',
    message: 'The outputs do not fit the schema: `more` is not a known property; `value` must be string.',
  })
  const returns = defineTask<unknown, unknown>({ run: () => ({ x: 1 }) })
  await expect(runTask(returns, { text: 'kind: task\n' }, {})).rejects.toMatchObject({
    code: 'PLUGIN_TEST_OUTPUTS_INVALID',
  })
})

test('a schema with faults says where they are', async () => {
  await expect(runTask(repeat, { text: 'kind: task\nproperties: 3\n' }, {})).rejects.toMatchObject({
    faults: [{ line: 2, column: 13 }],
  })
})

test('files stay in memory, whether they are written as text, bytes or a stream', async () => {
  const { storage, recorded } = createTaskContext({ files: { 'kestra:///in.txt': 'given' } })
  const stream = new Blob(['ab', 'cd']).stream()
  const uris = [
    await storage.put('a.txt', 'text'),
    await storage.put('b', new Uint8Array([65])),
    await storage.put('c', stream),
  ]
  expect(await Promise.all(uris.map((uri) => storage.text(uri)))).toEqual(['text', 'A', 'abcd'])
  expect(new Set(uris).size).toBe(3)
  expect(await new Response(await storage.get('kestra:///in.txt')).text()).toBe('given')
  expect(await storage.size(uris[2] ?? '')).toBe(4)
  await storage.delete(uris[0] ?? '')
  expect([await storage.exists(uris[0] ?? ''), recorded.files.size]).toEqual([false, 3])
  await expect(storage.get('kestra:///nope')).rejects.toThrow('There is no file kestra:///nope')
  await expect(storage.put('../x', '')).rejects.toThrow('not the name of a file')
})

test('values are kept by namespace', async () => {
  const { kv } = createTaskContext({ kv: { given: 1 } })
  await kv.set('own', { a: [1] })
  await kv.set('theirs', true, { namespace: 'other' })
  expect(await kv.get('own')).toEqual({ a: [1] })
  expect(await kv.get('theirs')).toBeUndefined()
  expect(await kv.get('theirs', { namespace: 'other' })).toBe(true)
  expect(await kv.keys()).toEqual(['given', 'own'])
  expect(await kv.keys({ namespace: 'other', prefix: 'th' })).toEqual(['theirs'])
  expect([await kv.delete('own'), await kv.delete('own')]).toEqual([true, false])
})

test('variables are rendered; what only the platform can render says so', async () => {
  const context = createTaskContext({ variables: { who: { name: 'Ada' }, n: 3 } })
  expect(await context.render('Hello {{ who.name }}, {{n}} {{ more }}', { more: 'times' })).toBe(
    'Hello Ada, 3 times',
  )
  await expect(context.render('{{ n | upper }}')).rejects.toMatchObject({ code: 'PLUGIN_TEST_CONTEXT_LACKS' })
  await expect(context.render('{{ nobody }}')).rejects.toThrow('no variable "nobody"')
  const own = createTaskContext({ render: (template) => template.toUpperCase() })
  expect(await own.render('x')).toBe('X')
})

test('secrets, waits, progress and warnings are the test’s', async () => {
  const context = createTaskContext({ secrets: { TOKEN: 't' } })
  expect(await context.secret('TOKEN')).toBe('t')
  await expect(context.secret('OTHER')).rejects.toThrow('no secret "OTHER"')
  await context.sleep(5000)
  context.progress(0.5, 'half')
  context.warn('careful')
  expect(context.recorded).toMatchObject({
    sleepsMs: [5000],
    progress: [{ fraction: 0.5, message: 'half' }],
    warnings: ['careful'],
  })
  const killed = createTaskContext({ signal: AbortSignal.abort(new Error('killed')) })
  await expect(killed.sleep(1)).rejects.toThrow('killed')
})

test('a trigger fires with outputs or not at all', async () => {
  const trigger = defineTrigger<unknown, { value: string }>({
    evaluate: (_properties, { lastEvaluation }) =>
      lastEvaluation === undefined ? undefined : { value: lastEvaluation },
  })
  const triggerSchema = { text: 'kind: trigger\noutputs:\n  properties:\n    value: { type: string }\n' }
  expect((await evaluateTrigger(trigger, triggerSchema, {})).outputs).toBeUndefined()
  const at = '2026-01-01T00:00:00Z'
  expect((await evaluateTrigger(trigger, triggerSchema, {}, { lastEvaluation: at })).outputs).toEqual({
    value: at,
  })
})
