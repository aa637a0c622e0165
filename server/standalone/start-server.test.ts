import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publishTarball } from '../registry-mount/index.ts'
import { DataFolder } from './data-folder.ts'
import { ECHO_PACKAGE, ECHO_TYPE, packEcho } from './test-support/echo-plugin.ts'
import { basic, LiveServer } from './test-support/live-server.ts'

interface Execution {
  readonly id: string
  readonly state: { readonly current: string }
  readonly taskRunList: readonly {
    readonly taskId: string
    readonly outputs: { readonly version: string }
    readonly plugin: { readonly packageName: string; readonly version: string; readonly integrity: string }
  }[]
}
interface Fault {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly problems?: readonly { readonly line?: number; readonly path?: string; readonly message: string }[]
}

let server: LiveServer
let admin = ''
let official = ''

beforeAll(async () => {
  server = await LiveServer.create()
  official = await packEcho(server.root, '1.0.0')
  await server.start([official])
  const made = server.heard('passwordGenerated')
  admin = basic(made?.username ?? '', made?.password ?? '')
})
afterAll(() => server[Symbol.asyncDispose]())

const get = <Body>(path: string) => server.call<Body>(path, admin)
const send = <Body>(method: string, path: string, body: unknown) =>
  server.call<Body>(path, admin, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
const save = <Body>(source: string, method = 'POST', path = '/api/v1/main/flows') =>
  server.call<Body>(path, admin, { method, body: source, headers: { 'content-type': 'application/x-yaml' } })

function flow(id: string, ...tasks: readonly string[]): string {
  return `id: ${id}\nnamespace: company.team\ntasks:\n${tasks.join('')}`
}
function echo(id: string, rest = ''): string {
  return `  - id: ${id}\n    type: ${ECHO_TYPE}\n    message: "from {{ flow.id }}"\n${rest}`
}
async function newToken(): Promise<string> {
  const { body } = await send<{ token: string }>('POST', '/api/v1/tokens', { name: 'test' })
  return body.token
}

/** Waits for a change of the catalog that says so. */
async function nextCatalogChange(signal: AbortSignal, contains: string): Promise<string> {
  const response = await fetch(`${server.url}/api/v1/plugins/events`, {
    headers: { authorization: admin },
    signal,
  })
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes(contains)) break
  }
  return text
}

describe('the first start', () => {
  test('tells where it listens and a password, publishes and installs what it came with, and is up', async () => {
    expect(server.told.map(({ type }) => type)).toEqual([
      'listening',
      'passwordGenerated',
      'pluginInstalled',
      'ready',
    ])
    expect((await server.call('/health', undefined)).body).toEqual({ status: 'UP' })
    expect(
      (await get<{ results: unknown }>('/api/v1/instance/versioned-plugins')).body.results,
    ).toMatchObject([
      {
        packageName: ECHO_PACKAGE,
        artifactId: 'plugin-echo',
        groupId: 'io.kestra.plugin',
        versions: ['1.0.0'],
        installed: [{ repository: 'embedded' }],
      },
    ])
  })

  test('a second server cannot take the same folder', async () => {
    await expect(DataFolder.open(join(server.root, 'data'))).rejects.toMatchObject({
      code: 'DATA_FOLDER_LOCKED',
    })
  })

  test('every operation but the open ones needs a login, and is described once', async () => {
    const { body } = await server.call<{
      paths: Record<string, Record<string, { operationId: string; security: unknown[] }>>
    }>('/api/v1/openapi.json', undefined)
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    )
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    expect(operations.filter(({ security }) => security.length === 0).map(({ path }) => path)).toEqual([
      '/api/v1/openapi.json',
    ])
    for (const { path, method, security } of operations) {
      if (security.length === 0) continue
      const url = path.replace('{tenant}', 'main').replaceAll(/\{\w+\}/g, 'x')
      expect([url, (await server.call(url, undefined, { method: method.toUpperCase() })).status]).toEqual([
        url,
        401,
      ])
    }
  })
})

describe('flows and executions', () => {
  test('a flow is saved with its lock, refused a second time, read back with and without source', async () => {
    const source = flow('hello', echo('say'))
    expect(await save(source)).toMatchObject({
      status: 200,
      body: {
        id: 'hello',
        revision: 1,
        source,
        lock: { entries: { 'tasks[0]': { version: '1.0.0', decidedBy: 'instance' } } },
      },
    })
    expect(await save<Fault>(source)).toMatchObject({ status: 422, body: { code: 'FLOW_EXISTS' } })
    expect((await get('/api/v1/flows/company.team/hello')).body).not.toHaveProperty('source')
    expect((await get('/api/v1/main/flows/company.team/hello?source=true')).body).toMatchObject({ source })
    expect((await get('/api/v1/main/flows/search?q=hel')).body).toMatchObject({
      total: 1,
      results: [{ id: 'hello' }],
    })
    expect((await get('/api/v1/main/flows/company.team')).body).toMatchObject([{ id: 'hello' }])
    expect((await get<Fault>('/api/v1/main/flows/company.team/nope')).status).toBe(404)
  })

  test('a changed flow gets a revision, the same source does not', async () => {
    const path = '/api/v1/main/flows/company.team/hello'
    const changed = `${flow('hello', echo('say'))}labels:\n  a: b\n`
    expect((await save(changed, 'PUT', path)).body).toMatchObject({ revision: 2 })
    expect((await save(changed, 'POST', '/api/v1/main/flows/deploy')).body).toMatchObject({ revision: 2 })
    expect((await get(`${path}/revisions`)).body).toMatchObject([{ revision: 1 }, { revision: 2 }])
    expect((await save<Fault>(flow('other', echo('say')), 'PUT', path)).status).toBe(422)
  })

  test('a wrong flow is 422 with all faults at their lines', async () => {
    const { status, body } = await save<Fault>(
      'id: bad\nnamespace: a\ntasks:\n  - id: x\n    type: no.Such\n  - id: x\n    type: io.pinion.test.Ecko\n',
    )
    expect([status, body.code]).toEqual([422, 'FLOW_INVALID'])
    expect(body.problems?.map(({ line }) => line)).toEqual(expect.arrayContaining([5, 7]))
  })

  test('validation answers by document, with lines of the whole text', async () => {
    const { body } = await save(
      `${flow('ok', echo('a'))}---\nid: bad\nnamespace: b\ntasks:\n  - id: x\n    type: nope\n`,
      'POST',
      '/api/v1/main/flows/validate',
    )
    expect(body).toMatchObject([
      { index: 0, flow: 'ok', outdated: false, warnings: [] },
      { index: 1, flow: 'bad', namespace: 'b', constraints: expect.stringContaining('12:11 tasks[0].type') },
    ])
    expect(body).not.toHaveProperty('[0].constraints')
  })

  test('a run waits for its end and says which version ran each task; logs and the stream tell of it', async () => {
    const { body } = await send<Execution>(
      'POST',
      '/api/v1/main/executions/company.team/hello?wait=true&labels=team:blue',
      {},
    )
    expect(body).toMatchObject({
      state: { current: 'SUCCESS' },
      labels: expect.arrayContaining([{ key: 'team', value: 'blue' }]),
    })
    expect(body.taskRunList).toMatchObject([
      {
        taskId: 'say',
        outputs: { message: 'from hello', version: '1.0.0' },
        plugin: { packageName: ECHO_PACKAGE, version: '1.0.0', integrity: expect.stringMatching(/^sha512-/) },
      },
    ])
    expect((await get(`/api/v1/main/logs/${body.id}`)).body).toMatchObject([
      { taskId: 'say', level: 'INFO', message: 'from hello' },
    ])
    const stream = await fetch(`${server.url}/api/v1/executions/${body.id}/follow`, {
      headers: { authorization: admin },
    })
    const events = (await stream.text()).trim().split('\n\n')
    expect(events[0]).toBe('id: start\ndata: ')
    expect(events.at(-1)).toContain('"current":"SUCCESS"')
    expect((await get<Fault>('/api/v1/executions/none/follow')).status).toBe(404)
    expect((await get('/api/v1/main/executions/search?labels=team:blue')).body).toMatchObject({
      total: 1,
      results: [{ id: body.id }],
    })
  })

  test('a long run is killed; killing it again is a conflict', async () => {
    await save(flow('slow', echo('wait', '    waitMs: 60000\n')))
    const { body } = await send<Execution>('POST', '/api/v1/main/executions/company.team/slow', undefined)
    const ended = fetch(`${server.url}/api/v1/main/executions/${body.id}/follow`, {
      headers: { authorization: admin },
    })
    expect(
      (await server.call(`/api/v1/main/executions/${body.id}/kill`, admin, { method: 'DELETE' })).status,
    ).toBe(202)
    expect(await (await ended).text()).toContain('"current":"KILLED"')
    expect(
      (await server.call(`/api/v1/main/executions/${body.id}/kill`, admin, { method: 'DELETE' })).status,
    ).toBe(409)
  })
})

describe('plugin versions', () => {
  test('publishing makes a version live: listed, documented, pinned beside the old one in one run', async () => {
    const stop = new AbortController()
    const change = nextCatalogChange(stop.signal, '"state":"ACTIVE"')
    const tarballPath = await packEcho(server.root, '2.0.0')
    const publish = { registryUrl: `${server.url}/registry/`, token: await newToken(), tarballPath }
    expect(await publishTarball(publish)).toMatchObject({ version: '2.0.0', isNew: true })
    expect(await publishTarball(publish)).toMatchObject({ isNew: false })
    expect(await change).toContain('2.0.0')
    stop.abort()
    expect((await get(`/api/v1/plugins/${ECHO_TYPE}/versions`)).body).toMatchObject({
      versions: ['2.0.0', '1.0.0'],
    })
    expect((await get(`/api/v1/plugins/${ECHO_TYPE}/versions/1.0.0`)).body).toMatchObject({
      markdown: expect.stringContaining('@1.0.0'),
      schema: { properties: { required: ['message'] } },
    })
    expect(JSON.stringify((await get('/api/v1/main/schemas/flow.json')).body)).toContain(`${ECHO_TYPE}@2.0.0`)

    await save(
      flow(
        'pinned',
        echo('old', '    version: "1.0.0"\n'),
        echo('range', '    version: "^2"\n'),
        echo('free'),
      ),
    )
    const { body } = await send<Execution>(
      'POST',
      '/api/v1/main/executions/company.team/pinned?wait=true',
      {},
    )
    expect(body.taskRunList.map(({ outputs }) => outputs.version)).toEqual(['1.0.0', '2.0.0', '2.0.0'])
  })

  test('a version in use stays; coordinates of both kinds resolve, unknown ones are named', async () => {
    const path = '/api/v1/cluster/versioned-plugins'
    expect(
      await send<Fault>('DELETE', `${path}/uninstall`, { plugins: [`${ECHO_PACKAGE}@1.0.0`] }),
    ).toMatchObject({ status: 409, body: { code: 'PLUGIN_VERSION_IN_USE' } })
    expect(
      (await send('POST', `${path}/resolve`, { plugins: ['io.kestra.plugin:plugin-echo:LATEST'] })).body,
    ).toMatchObject({
      results: [
        {
          version: '2.0.0',
          versions: ['2.0.0', '1.0.0'],
          installed: expect.arrayContaining(['1.0.0', '2.0.0']),
        },
      ],
    })
    const missing = await send<Fault>('POST', `${path}/install`, { plugins: [`${ECHO_PACKAGE}@9.9.9`] })
    expect([missing.status, missing.body.message]).toEqual([404, expect.stringContaining('9.9.9')])
    expect((await send('DELETE', `${path}/uninstall`, { plugins: [`${ECHO_PACKAGE}@LATEST`] })).status).toBe(
      422,
    )
  })

  test('an upload installs a package; what is no package is refused without naming our files', async () => {
    const form = new FormData()
    form.append('file', new Blob(['no archive']), 'x.tgz')
    const { status, body } = await server.call<Fault>('/api/v1/instance/versioned-plugins/upload', admin, {
      method: 'POST',
      body: form,
    })
    expect([status, JSON.stringify(body).includes(server.root)]).toEqual([400, false])
  })
})

test('namespaces hand their defaults and variables down', async () => {
  const defaults = { type: ECHO_TYPE, values: { message: 'default' }, forced: true }
  expect(
    (
      await send('PUT', '/api/v1/main/namespaces/company', {
        variables: { x: 1 },
        pluginDefaults: [defaults],
      })
    ).status,
  ).toBe(200)
  expect((await get('/api/v1/main/namespaces/company.team/inherited-plugindefaults')).body).toEqual([
    { ...defaults, namespace: 'company' },
  ])
  expect((await get('/api/v1/main/namespaces/company.team/inherited-variables')).body).toEqual({ x: 1 })
  const { body } = await send<Execution>('POST', '/api/v1/main/executions/company.team/hello?wait=true', {})
  expect(body.taskRunList).toMatchObject([{ outputs: { message: 'default' } }])
  expect((await server.call('/api/v1/main/namespaces/company', admin, { method: 'DELETE' })).status).toBe(204)
})

test('a restart finds everything there, and takes a new password from the configuration', async () => {
  const idsOf = async (): Promise<readonly string[]> => {
    const { body } = await get<{ results: readonly Execution[] }>('/api/v1/main/executions/search')
    return body.results.map(({ id }) => id)
  }
  const before = await idsOf()
  await server.stop()
  await server.start([official], { PINION_ADMIN_PASSWORD: 'recovered-password' })
  expect(server.told.map(({ type }) => type)).toEqual(['listening', 'ready'])
  expect((await get('/api/v1/me')).status).toBe(401)
  admin = basic('admin', 'recovered-password')
  expect(await idsOf()).toEqual(before)
  const { body } = await send<Execution>('POST', '/api/v1/main/executions/company.team/pinned?wait=true', {})
  expect(body.taskRunList.map(({ outputs }) => outputs.version)).toEqual(['1.0.0', '2.0.0', '2.0.0'])
})
