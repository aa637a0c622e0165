import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogRecord } from '@pinion/core/execution'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRunningEngine, type RunningEngine } from './running-engine.ts'

const RETURN = 'type: io.kestra.plugin.core.debug.Return'
const LOG = 'type: io.kestra.plugin.core.log.Log'
const FAIL = 'type: io.kestra.plugin.core.execution.Fail'
const SECRET = 'correct/horse+battery?staple'
const KEY = Buffer.alloc(32, 7).toString('base64')

let folder: string
let running: RunningEngine

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinion-expressions-'))
  running = await openRunningEngine({
    store: { client: 'sqlite', file: join(folder, 'pinion.db') },
    capabilities: {
      secrets: {
        get: async (_tenant, _namespace, name) =>
          name === 'MAP' ? JSON.stringify({ token: SECRET }) : SECRET,
      },
      kv: {
        get: async (_tenant, namespace, key) =>
          key === 'missing' ? undefined : JSON.stringify({ namespace, key }),
        set: async () => {},
        delete: async () => false,
        keys: async () => [],
      },
      expressions: {
        nowMs: () => Date.UTC(2026, 0, 31, 23, 30),
        random: Math.random,
        randomBytes,
        timeZone: 'Europe/Berlin',
        encryptionKey: (_tenant, namespace, name) =>
          namespace === 'company.team' && name === 'KEY' ? KEY : '',
        freePort: async () => 4711,
      },
    },
  })
})
afterAll(async () => {
  await running?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** Runs a flow whose only task returns the template's text. */
async function evaluate(flowId: string, template: string): Promise<unknown> {
  await running.save(flowId, `tasks:\n  - { id: it, ${RETURN}, format: ${JSON.stringify(template)} }\n`)
  const { taskRuns } = await running.run(flowId)
  return taskRuns[0]?.outputs ?? taskRuns[0]?.attempts[0]?.error
}

async function logsOf(executionId: string): Promise<readonly LogRecord[]> {
  await running.engine.flush()
  return running.store.logs.list({ tenant: 'main', executionId, limit: 100, offset: 0 })
}

describe('expressions of a task', () => {
  test('have the time zone, ports, keys and pairs of the server', async () => {
    expect(await evaluate('zone', '{{ now() | date("yyyy-MM-dd HH:mm") }} {{ randomPort() }}')).toEqual({
      value: '2026-02-01 00:30 4711',
    })
    expect(await evaluate('crypt', '{{ decrypt("KEY", encrypt("KEY", "x" ~ 1)) }}')).toEqual({ value: 'x1' })
    expect(
      await evaluate('pairs', '{{ kv("a").namespace }} {{ kv("missing", errorOnMissing=false) ?? "none" }}'),
    ).toEqual({ value: 'company.team none' })
    expect(await evaluate('no_pair', '{{ kv("missing") }}')).toMatchObject({
      code: 'TASK_EXPRESSION_FAILED',
      hint: expect.stringContaining('errorOnMissing=false'),
    })
    expect(await evaluate('http', '{{ http("http://127.0.0.1/") }}')).toMatchObject({
      message: expect.stringContaining('http() is not available here.'),
    })
  })

  test('read the files of their namespace, by path and by URI', async () => {
    await running.storage.write('main', 'company/team/_files/sub/a.txt', 'hello')
    await running.storage.write('main', 'company/team/empty.txt', '')
    expect(
      await evaluate(
        'files',
        '{{ read("sub/a.txt") }} {{ fileSize(fileURI("sub/a.txt")) }} {{ fileExists("no.txt") }} {{ isFileEmpty("kestra:///company/team/empty.txt") }}',
      ),
    ).toEqual({ value: 'hello 5 false true' })
    expect(await evaluate('missing', '{{ read("no.txt") }}')).toMatchObject({
      message: expect.stringContaining('There is no file'),
    })
  })

  test('reach files elsewhere only if they were handed over', async () => {
    const uri = 'kestra:///other/place/b.txt'
    await running.storage.write('main', 'other/place/b.txt', 'theirs')
    expect(await evaluate('elsewhere', `{{ read("${uri}") }}`)).toMatchObject({
      message: expect.stringContaining('may not reach'),
    })
    expect(await evaluate('nsfile', '{{ read("c.txt", namespace="other") }}')).toMatchObject({
      message: expect.stringContaining('may not reach'),
    })
    await running.save(
      'handed',
      `tasks:\n  - { id: give, ${RETURN}, format: "${uri}" }\n  - { id: take, ${RETURN}, format: "{{ read(outputs.give.value) }}" }\n`,
    )
    expect((await running.run('handed')).taskRuns[1]?.outputs).toEqual({ value: 'theirs' })
  })

  test('list the error logs of the execution in its errors tasks', async () => {
    await running.save(
      'alarm',
      `tasks:\n  - { id: bad, ${FAIL}, errorMessage: it broke }\nerrors:\n  - { id: tell, ${RETURN}, format: "{{ errorLogs() | jq('.[] | [.taskId, .level, .message]') | first | join(' ') }}" }\n`,
    )
    const { taskRuns } = await running.run('alarm')
    expect(taskRuns[1]?.outputs).toEqual({ value: expect.stringMatching(/^bad ERROR .*it broke/) })
  })
})

describe('a secret', () => {
  const base64 = Buffer.from(SECRET).toString('base64')
  const basic = Buffer.from(`user:${SECRET}`).toString('base64')

  test('is masked in logs, also as Base64, within Basic credentials and in an address', async () => {
    await running.save(
      'logged',
      `tasks:
  - { id: plain, ${LOG}, message: "key {{ secret('KEY') }}" }
  - { id: field, ${LOG}, message: "key {{ secret('MAP', subkey='token') }}" }
  - { id: encoded, ${LOG}, message: "key {{ secret('KEY') | base64encode }} {{ ('user:' ~ secret('KEY')) | base64encode }} {{ secret('KEY') | urlencode }}" }
`,
    )
    const { execution } = await running.run('logged')
    expect(execution.state).toBe('SUCCESS')
    const text = (await logsOf(execution.executionId)).map(({ message }) => message).join('\n')
    expect(text.split('\n').slice(0, 2)).toEqual(['key ****', 'key ****'])
    for (const form of [SECRET, base64.slice(0, 12), basic.slice(8, 20), encodeURIComponent(SECRET)]) {
      expect(text).not.toContain(form)
    }
  })

  test.each([
    ['fails', `${FAIL}, errorMessage: "no {{ secret('KEY') }} {{ secret('KEY') | base64encode }}"`],
    ['expression', `${RETURN}, format: "{{ secret('KEY') | date('yyyy') }}"`],
    ['cut', `${RETURN}, format: "{{ (secret('KEY') ~ secret('KEY') ~ secret('KEY')) | date('yyyy') }}"`],
    ['zone', `${RETURN}, format: "{{ now() | date('yyyy', timeZone=secret('KEY')) }}"`],
    ['condition', `${RETURN}, format: x, runIf: "{{ secret('KEY') | number }}"`],
    ['jq', `${RETURN}, format: "{{ secret('KEY') | jq('tonumber') }}"`],
  ])('is masked in the error and the logs of an attempt that failed: %s', async (name, task) => {
    await running.save(`masked_${name}`, `tasks:\n  - { id: bad, ${task} }\n`)
    const { execution, taskRuns } = await running.run(`masked_${name}`)
    const error = taskRuns[0]?.attempts[0]?.error
    expect(error?.code).toBe(name === 'fails' ? 'PLUGIN_THREW' : 'TASK_EXPRESSION_FAILED')
    const shown = JSON.stringify([error, await logsOf(execution.executionId)])
    expect(shown).toContain('****')
    for (const form of [SECRET.slice(0, 6), base64.slice(0, 8)]) expect(shown).not.toContain(form)
  })

  test('is masked in the error of an execution whose outputs failed', async () => {
    await running.save(
      'outputs',
      `tasks:\n  - { id: a, ${RETURN}, format: x }\noutputs:\n  - { id: o, type: STRING, value: "{{ secret('KEY') | date('yyyy') }}" }\n`,
    )
    const { execution } = await running.run('outputs')
    expect(execution.error?.message).toContain('****')
    expect(execution.error?.message).not.toContain(SECRET.slice(0, 6))
  })
})

describe('an expression that fails', () => {
  test('names the property, with the place in its text and in the source', async () => {
    await running.save(
      'place',
      `tasks:
  - { id: first, ${RETURN}, format: x }
  - id: second
    ${RETURN}
    format: |
      one
        {{ inputs.nope }}
`,
    )
    const { taskRuns } = await running.run('place')
    const error = taskRuns[1]?.attempts[0]?.error
    // id and namespace are lines 1 and 2.
    expect(error).toMatchObject({
      code: 'TASK_EXPRESSION_FAILED',
      at: { path: 'tasks[1].format', line: 9, column: 12 },
    })
    expect(error?.message).toContain('line 2, column 6 of tasks[1].format; line 9, column 12 of the flow')
    expect(error?.message).toContain('inputs.nope')
  })

  test('names runIf, and a text given to render() by the property around it', async () => {
    await running.save('due', `tasks:\n  - { id: a, ${RETURN}, format: x, runIf: "{{ vars.nope }}" }\n`)
    const due = await running.run('due')
    expect(due.taskRuns[0]?.attempts[0]?.error?.at).toMatchObject({ path: 'tasks[0].runIf', line: 4 })
    await running.save(
      'nested',
      `variables:\n  far: "{{ 1 }}\\n\\n\\n    {{ vars.nope }}"\ntasks:\n  - { id: a, ${RETURN}, format: "{{ render(vars.far) }}" }\n`,
    )
    const nested = await running.run('nested')
    expect(nested.taskRuns[0]?.attempts[0]?.error?.at).toMatchObject({ path: 'tasks[0].format', line: 6 })
  })
})

describe('an expression tried by hand', () => {
  async function ended(): Promise<{ readonly executionId: string; readonly taskRunId: string }> {
    await running.save('tried', `tasks:\n  - { id: a, ${RETURN}, format: "{{ 1 + 1 }}" }\n`)
    const { execution, taskRuns } = await running.run('tried')
    return { executionId: execution.executionId, taskRunId: taskRuns[0]?.taskRunId ?? '' }
  }

  test('sees what the task run saw, or what the execution has', async () => {
    const { executionId, taskRunId } = await ended()
    const debug = (template: string, of?: string) =>
      running.engine.debugExpression('main', executionId, of, template)
    expect(await debug('{{ outputs.a.value }} {{ task.id }}', taskRunId)).toEqual({ result: '2 a' })
    expect(await debug('{{ execution.state }} {{ task.id ?? "none" }}')).toEqual({ result: 'SUCCESS none' })
    expect(await debug('{{ kv("x").key }}')).toEqual({ result: 'x' })
  })

  test('tells what is wrong with it, and where', async () => {
    const { executionId, taskRunId } = await ended()
    const answer = await running.engine.debugExpression('main', executionId, taskRunId, 'a\n{{ outputs.b }}')
    expect(answer).toMatchObject({ error: { code: 'EXPRESSION_UNDEFINED', line: 2 } })
  })

  test('is refused secrets, and anything too large', async () => {
    const { executionId } = await ended()
    const codeOf = async (template: string) => {
      const answer = await running.engine.debugExpression('main', executionId, undefined, template)
      return 'error' in answer ? answer.error.code : answer.result
    }
    expect(await codeOf("{{ secret('KEY') }}")).toBe('EXPRESSION_REFUSED')
    expect(await codeOf(`{{ render("{{ secret('KEY') }}") }}`)).toBe('EXPRESSION_REFUSED')
    expect(await codeOf("{{ encrypt('KEY', 'x') }}")).toBe('EXPRESSION_REFUSED')
    expect(await codeOf('x'.repeat(65_537))).toBe('EXPRESSION_LIMIT')
    expect(await codeOf('{% for i in 1..110000 %}0123456789{% endfor %}')).toBe('EXPRESSION_LIMIT')
  })

  test('needs an execution of the tenant, and a task run of the execution', async () => {
    const { executionId } = await ended()
    const { engine } = running
    await expect(engine.debugExpression('main', 'nope', undefined, 'x')).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FOUND',
    })
    await expect(engine.debugExpression('other', executionId, undefined, 'x')).rejects.toMatchObject({
      code: 'EXECUTION_NOT_FOUND',
    })
    await expect(engine.debugExpression('main', executionId, 'nope', 'x')).rejects.toMatchObject({
      code: 'TASK_RUN_NOT_FOUND',
    })
  })
})
