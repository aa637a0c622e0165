import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Scope } from '../../expression/index.ts'
import type { CompiledFlow } from '../model.ts'
import { openCatalog } from '../testing/installed.ts'
import { type CompileOptions, compileFlow } from './compile-flow.ts'

const { catalog } = await openCatalog()
const OPTIONS: CompileOptions = {
  tenant: 'main',
  catalog: catalog.current,
  defaults: { instance: [], namespaces: [] },
  instanceVersion: 'LATEST',
}

function compile(source: string, options: Partial<CompileOptions> = {}): CompiledFlow {
  const { flow, problems } = compileFlow(source, { ...OPTIONS, ...options })
  return flow ?? expect.fail(JSON.stringify(problems))
}

function scope(variables: Scope['variables']): Scope {
  return { variables, services: {} }
}

const everything = compile(
  readFileSync(join(import.meta.dirname, '../fixtures/flows/valid-everything.yaml'), 'utf8'),
  { revision: 4 },
)

test('the flow itself', () => {
  expect(everything).toMatchObject({
    tenant: 'main',
    namespace: 'company.team',
    flowId: 'everything',
    revision: 4,
    labels: [
      { key: 'team', value: 'data' },
      { key: 'priority', value: '1' },
      { key: 'system.readOnly', value: 'true' },
    ],
    variables: { greeting: 'Hello {{ inputs.name }}', list: [1, 2.5, true, null] },
    disabled: false,
  })
  expect(everything.inputs[1]).toEqual({
    id: 'count',
    type: 'INT',
    required: false,
    options: { prefill: 3, min: 1, max: 10 },
  })
})

test('tasks in their lists, with what the platform knows of them taken out of the properties', () => {
  const [fetch, second] = everything.tasks
  expect(fetch).toMatchObject({
    taskId: 'fetch',
    path: 'tasks[0]',
    timeoutMs: 60_000,
    retry: {
      type: 'exponential',
      intervalMs: 1_000,
      maxIntervalMs: 60_000,
      delayFactor: 2,
      maxAttempts: 5,
      warningOnRetry: false,
    },
  })
  expect(Object.keys(fetch?.properties.written ?? {}).sort()).toEqual([
    'headers',
    'method',
    'options',
    'retries',
    'uri',
  ])
  expect(second).toMatchObject({ allowFailure: true, allowWarning: true, logLevel: 'DEBUG' })
  expect(everything.errors.map(({ path }) => path)).toEqual(['errors[0]'])
  expect(everything.finally).toMatchObject([{ disabled: true, properties: { isLiteral: true } }])
  expect(everything.afterExecution).toHaveLength(1)
})

test('properties render, names of a map too, and rendered values pass the check of the resolved version', async () => {
  const [fetch] = everything.tasks
  const rendered = await fetch?.properties.render(
    scope({ inputs: { name: 'N', count: 3 }, vars: { greeting: 'hi' } }),
  )
  expect(fetch?.plugin.version).toBe('1.5.0')
  expect(fetch?.plugin.checkRendered(rendered)).toEqual({
    faults: [],
    value: {
      uri: 'https://example.com/3',
      method: 'GET',
      headers: { 'X-N': 'hi' },
      retries: 3,
      options: { timeout: 'PT1.5S', redirect: true },
    },
  })
})

test('the lock names every plugin, nested ones too', () => {
  expect(
    Object.entries(everything.lock.entries).map(([path, { type, version }]) => `${path} ${type} ${version}`),
  ).toEqual([
    'tasks[0] io.acme.http.Request 1.5.0',
    'tasks[1] io.acme.script.Shell 1.0.0',
    'tasks[1].taskRunner io.acme.script.Docker 1.0.0',
    'tasks[1].runners[0] io.acme.script.Process 1.0.0',
    'errors[0] io.kestra.plugin.core.log.Log 1.0.0',
    'finally[0] io.kestra.plugin.core.log.Log 1.0.0',
    'afterExecution[0] io.kestra.plugin.core.log.Log 1.0.0',
  ])
})

test('with a lock the versions of that time run, whatever the source would mean now', () => {
  const source = (version: string) =>
    `id: a\nnamespace: b\ntasks:\n  - {id: t, type: io.acme.http.Request, version: "${version}", uri: x}\n`
  const { lock } = compile(source('1.0.0'))
  expect(compile(source('LATEST'), { lock }).tasks[0]?.plugin.version).toBe('1.0.0')
  const { problems } = compileFlow(
    source('1.0.0').replace('tasks:', 'errors:\n  - {id: e, type: io.acme.http.Request, uri: x}\ntasks:'),
    { ...OPTIONS, lock },
  )
  expect(problems).toMatchObject([{ code: 'FLOW_LOCK_UNAVAILABLE', path: 'errors[0].type', line: 4 }])
})

test('static texts stay as they are beside dynamic ones, also within a nested plugin', async () => {
  const flow = compile(
    [
      'id: a',
      'namespace: b',
      'tasks:',
      '  - id: t',
      '    type: io.acme.script.Shell',
      '    commands: ["{{ vars.x }}"]',
      '    taskRunner:',
      '      type: io.acme.script.Docker',
      '      image: "{{ vars.x }}"',
      '      host: "{{ vars.x }}"',
      '      limits: { cpu: "{{ vars.x }}" }',
    ].join('\n'),
  )
  const rendered = await flow.tasks[0]?.properties.render(scope({ vars: { x: 'X' } }))
  expect(rendered).toEqual({
    commands: ['X'],
    taskRunner: {
      type: 'io.acme.script.Docker',
      image: 'X',
      host: '{{ vars.x }}',
      limits: { cpu: '{{ vars.x }}' },
    },
  })
  await expect(async () => flow.tasks[0]?.properties.render(scope({ vars: {} }))).rejects.toThrow()
})

test('defaults of the instance reach tasks, nested plugins and core properties', () => {
  const source =
    'id: a\nnamespace: b\ntasks:\n  - {id: t, type: io.acme.script.Shell, commands: [ls], taskRunner: {type: io.acme.script.Docker}}\n'
  const flow = compile(source, {
    defaults: {
      namespaces: [],
      instance: [
        {
          type: 'io.acme',
          values: { image: 'alpine', timeout: 'PT9S', retry: { type: 'constant', interval: 'PT1S' } },
          forced: false,
        },
      ],
    },
  })
  expect(flow.tasks[0]).toMatchObject({ timeoutMs: 9_000, retry: { type: 'constant', intervalMs: 1_000 } })
  expect(flow.tasks[0]?.properties.written).toMatchObject({ taskRunner: { image: 'alpine' } })
})

test('a broken expression of a default is a problem, not a throw', () => {
  const source = 'id: a\nnamespace: b\ntasks:\n  - {id: t, type: io.kestra.plugin.core.log.Log, message: x}\n'
  const { problems } = compileFlow(source, {
    ...OPTIONS,
    defaults: { namespaces: [], instance: [{ type: 'io', values: { runIf: '{{ ' }, forced: true }] },
  })
  expect(problems).toMatchObject([{ code: 'EXPRESSION_SYNTAX', path: 'tasks[0].runIf', line: 4 }])
})

test('runIf and outputs are compiled', async () => {
  const [, second] = everything.tasks
  expect(await second?.runIf?.render(scope({ outputs: { fetch: { code: 200 } } }))).toBe('true')
  expect(await everything.outputs[0]?.value.render(scope({ outputs: { fetch: { body: 'b' } } }))).toBe('b')
})
