import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ECHO_TYPE, packEcho } from './test-support/echo-plugin.ts'
import { basic, LiveServer } from './test-support/live-server.ts'

interface Evaluated {
  readonly result?: string
  readonly error?: string
  readonly code?: string
  readonly line?: number
}
interface Execution {
  readonly id: string
  readonly taskRunList: readonly { readonly id: string }[]
}

let server: LiveServer
let admin = ''
let execution: Execution

beforeAll(async () => {
  server = await LiveServer.create()
  await server.start([await packEcho(server.root, '1.0.0')], {
    SECRET_KEY: Buffer.from('hidden value').toString('base64'),
    PINION_ENCRYPTION_SECRET_KEY: Buffer.alloc(32, 1).toString('base64'),
    PINION_VARIABLES_TIME_ZONE: 'Asia/Tokyo',
  })
  const made = server.heard('passwordGenerated')
  admin = basic(made?.username ?? '', made?.password ?? '')
  const body = `id: try\nnamespace: company.team\ntasks:\n  - { id: say, type: ${ECHO_TYPE}, message: "{{ decrypt('a', encrypt('a', flow.id)) }}" }\n`
  await server.call('/api/v1/main/flows', admin, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-yaml' },
  })
  const started = await server.call<Execution>('/api/v1/main/executions/company.team/try?wait=true', admin, {
    method: 'POST',
  })
  execution = started.body
})
afterAll(() => server[Symbol.asyncDispose]())

function evaluate(template: string, taskRunId?: string, authorization: string | undefined = admin) {
  const ending = taskRunId === undefined ? '' : `/${taskRunId}`
  return server.call<Evaluated>(`/api/v1/main/executions/${execution.id}/eval${ending}`, authorization, {
    method: 'POST',
    body: template,
    headers: { 'content-type': 'text/plain' },
  })
}

describe('an expression tried by hand', () => {
  test('answers its result, for a task run and for the whole execution', async () => {
    const taskRunId = execution.taskRunList[0]?.id
    expect(await evaluate('{{ task.id }} {{ outputs.say.message }}', taskRunId)).toEqual({
      status: 200,
      body: { result: 'say try' },
    })
    expect(await evaluate('{{ "2026-01-31T23:30:00Z" | date("dd HH:mm") }}')).toEqual({
      status: 200,
      body: { result: '01 08:30' },
    })
  })

  test('answers what is wrong with it as a result too, with its place', async () => {
    const { status, body } = await evaluate('a\n{{ inputs.b }}')
    expect(status).toBe(200)
    expect(body).toMatchObject({ code: 'EXPRESSION_UNDEFINED', line: 2, error: expect.any(String) })
    expect(body.result).toBeUndefined()
  })

  test('shows no secret', async () => {
    expect((await evaluate("{{ secret('KEY') }}")).body.code).toBe('EXPRESSION_REFUSED')
  })

  test('is refused when it is too large, or nobody asks', async () => {
    expect((await evaluate('x'.repeat(262_145))).status).toBe(413)
    expect((await evaluate('{{ 1 }}', 'nope')).status).toBe(404)
    expect((await evaluate('{{ 1 }}', undefined, 'Basic eDp5')).status).toBe(401)
  })

  test('is for editors', async () => {
    const { body } = await server.call<{
      paths: Record<string, { post: { operationId: string; description: string } }>
    }>('/api/v1/openapi.json', undefined)
    const operation = body.paths['/api/v1/{tenant}/executions/{executionId}/eval/{taskRunId}']
    expect(operation?.post).toMatchObject({
      operationId: 'evalTaskRunExpression',
      description: 'Needs the role editor.',
    })
  })
})

test('the reference lists every kind with signature and summary', async () => {
  const { body } = await server.call<{
    results: { kind: string; name: string; signature: string; summary: string }[]
    total: number
  }>('/api/v1/expressions', admin)
  expect(new Set(body.results.map(({ kind }) => kind))).toEqual(
    new Set(['function', 'filter', 'test', 'operator', 'tag']),
  )
  expect(body.total).toBe(body.results.length)
  expect(body.results).toContainEqual(
    expect.objectContaining({
      kind: 'function',
      name: 'kv',
      signature: expect.stringContaining('errorOnMissing'),
    }),
  )
  expect(body.results.filter(({ summary }) => summary === '')).toEqual([])
})
