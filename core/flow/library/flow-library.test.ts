import { expect, test } from 'vitest'
import type { Principal } from '../../identity/index.ts'
import { NamespaceService, type PluginDefault } from '../../namespace/index.ts'
import { INSTALLED, installed, object, openCatalog, type } from '../testing/installed.ts'
import { MemoryFlows, MemoryNamespaces } from '../testing/memory-flows.ts'
import { FlowLibrary } from './flow-library.ts'

const ADA: Principal = { userId: 'u1', username: 'ada', role: 'admin', tenant: 'main' }
const HTTP = '@acme/plugin-http'
const FETCH = { namespace: 'company.team', flowId: 'fetch' }

async function open(
  options: { readonly instanceDefaults?: readonly PluginDefault[]; readonly instanceVersion?: string } = {},
) {
  const { catalog, rows } = await openCatalog()
  const flows = new MemoryFlows()
  const namespaces = new NamespaceService(new MemoryNamespaces())
  const library = new FlowLibrary({
    flows,
    namespaces,
    catalog,
    instanceDefaults: [],
    instanceVersion: 'LATEST',
    nowMs: () => 1_000,
    ...options,
  })
  return { library, flows, namespaces, catalog, rows }
}

function source(version = '', extra = ''): string {
  const pin = version === '' ? '' : `\n    version: "${version}"`
  return `id: fetch\nnamespace: company.team\ntasks:\n  - id: get\n    type: io.acme.http.Request${pin}\n    uri: http://x${extra}\n`
}

function versionOf(flow: {
  readonly tasks: readonly { readonly plugin: { readonly version: string } }[]
}): string | undefined {
  return flow.tasks[0]?.plugin.version
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'no error',
    (error: unknown) => error,
  )
}

test('creating stores revision 1 with the lock that was resolved', async () => {
  const { library, flows } = await open()
  const saved = await library.create(ADA, source('^1'))
  expect(saved.isNewRevision).toBe(true)
  expect(flows.rows).toEqual([
    {
      tenant: 'main',
      ...FETCH,
      revision: 1,
      source: source('^1'),
      createdAtMs: 1_000,
      createdBy: 'ada',
      deleted: false,
      lock: {
        lockVersion: 1,
        entries: {
          'tasks[0]': {
            type: 'io.acme.http.Request',
            packageName: HTTP,
            version: '1.5.0',
            integrity: `sha512-${HTTP}-1.5.0`,
            request: '^1',
            decidedBy: 'task',
          },
        },
      },
    },
  ])
})

test('a flow that exists cannot be created, an invalid one not at all', async () => {
  const { library, flows } = await open()
  await library.create(ADA, source())
  expect(await failure(library.create(ADA, source('1.0.0')))).toMatchObject({ code: 'FLOW_EXISTS' })
  const invalid = await failure(library.create(ADA, source('9.9.9', '\n    nope: 1')))
  expect(invalid).toMatchObject({ code: 'FLOW_INVALID', at: { line: 6, path: 'tasks[0].version' } })
  expect(invalid).toMatchObject({ problems: [{ code: 'PLUGIN_VERSION_NOT_INSTALLED' }] })
  expect(flows.rows).toHaveLength(1)
})

test('of two who create the same flow at once, one gets FLOW_EXISTS; of two who update it, one FLOW_CONFLICT', async () => {
  const { library, flows } = await open()
  const created = await Promise.all([1, 2].map(() => failure(library.create(ADA, source()))))
  expect(created).toContainEqual(expect.objectContaining({ code: 'FLOW_EXISTS' }))
  expect(flows.rows).toHaveLength(1)
  const updated = await Promise.all(
    ['1.0.0', '2.0.0'].map((version) => failure(library.update(ADA, FETCH, source(version)))),
  )
  expect(updated).toContainEqual(expect.objectContaining({ code: 'FLOW_CONFLICT' }))
  expect(flows.rows).toHaveLength(2)
})

test('an update with the same source makes no revision, any other does', async () => {
  const { library, flows } = await open()
  await library.create(ADA, source())
  expect(await library.update(ADA, FETCH, source())).toMatchObject({
    isNewRevision: false,
    record: { revision: 1 },
  })
  expect(await library.update(ADA, FETCH, source('1.0.0'))).toMatchObject({
    isNewRevision: true,
    record: { revision: 2 },
    flow: { revision: 2 },
  })
  expect(flows.rows).toHaveLength(2)
  expect(await failure(library.update(ADA, { ...FETCH, flowId: 'other' }, source()))).toMatchObject({
    code: 'FLOW_NOT_FOUND',
  })
})

test('namespace and id of a saved flow cannot change', async () => {
  const { library } = await open()
  await library.create(ADA, source())
  const moved = source().replace('company.team', 'company.other').replace('id: fetch', 'id: moved')
  expect(await failure(library.update(ADA, FETCH, moved))).toMatchObject({
    problems: [
      { code: 'FLOW_IDENTITY_CHANGED', line: 1, column: 5 },
      { code: 'FLOW_IDENTITY_CHANGED', line: 2, column: 12 },
    ],
  })
})

test('save creates or updates, whichever it takes', async () => {
  const { library } = await open()
  expect((await library.save(ADA, source())).record.revision).toBe(1)
  expect((await library.save(ADA, source('2.0.0'))).record.revision).toBe(2)
})

test('a deleted flow is gone, keeps its revisions, and can come back', async () => {
  const { library } = await open()
  await library.create(ADA, source('1.0.0'))
  await library.prepare('main', 'company.team', 'fetch')
  await library.delete(ADA, FETCH)
  expect(await failure(library.prepare('main', 'company.team', 'fetch'))).toMatchObject({
    code: 'FLOW_NOT_FOUND',
  })
  expect(await failure(library.delete(ADA, FETCH))).toMatchObject({ code: 'FLOW_NOT_FOUND' })
  expect((await library.get('main', 'company.team', 'fetch', 1)).source).toBe(source('1.0.0'))
  expect((await library.restore(ADA, FETCH, 1)).record.revision).toBe(3)
  expect((await library.prepare('main', 'company.team', 'fetch')).revision).toBe(3)
})

test('restoring makes an earlier revision the latest, as a new one', async () => {
  const { library } = await open()
  await library.create(ADA, source('1.0.0'))
  await library.update(ADA, FETCH, source('2.0.0'))
  expect((await library.restore(ADA, FETCH, 1)).record).toMatchObject({
    revision: 3,
    source: source('1.0.0'),
  })
})

test('preparing costs no read once it is done, and callers at the same time share one', async () => {
  const { library, flows } = await open()
  await library.create(ADA, source())
  flows.reads = 0
  const prepare = () => library.prepare('main', 'company.team', 'fetch')
  const [first, second] = await Promise.all([prepare(), prepare()])
  expect(flows.reads).toBe(2)
  expect(second).toBe(first)
  expect(await prepare()).toBe(first)
  expect(flows.reads).toBe(2)
})

test('a flow that follows LATEST takes a new version at its next execution; a pinned one does not notice', async () => {
  const { library, catalog, rows } = await open()
  await library.create(ADA, source())
  await library.create(ADA, source('2.0.0').replace('id: fetch', 'id: pinned'))
  expect(versionOf(await library.prepare('main', 'company.team', 'fetch'))).toBe('2.0.0')
  await rows.save(
    installed(HTTP, '2.1.0', 'io.acme.http', [
      type('io.acme.http.Request', { properties: object({ uri: { type: 'string' } }) }),
    ]),
  )
  await catalog.refresh()
  expect(versionOf(await library.prepare('main', 'company.team', 'fetch'))).toBe('2.1.0')
  expect(versionOf(await library.prepare('main', 'company.team', 'pinned'))).toBe('2.0.0')
  // The lock of the time when it was saved still runs it as it was.
  expect(versionOf(await library.prepare('main', 'company.team', 'fetch', 1, 'locked'))).toBe('2.0.0')
  expect(await library.impactOf(HTTP, { version: '2.1.0' })).toMatchObject([
    { flow: { flowId: 'fetch' }, moves: [{ path: 'tasks[0]', from: '2.0.0', to: '2.1.0' }], breaks: [] },
  ])
})

test('a pinned version that went away is refused by name and line, and named as an impact', async () => {
  const { library, catalog, rows } = await open()
  await library.create(ADA, source('1.0.0'))
  await rows.remove(HTTP, '1.0.0')
  await catalog.refresh()
  const refused = await failure(library.prepare('main', 'company.team', 'fetch'))
  expect(refused).toMatchObject({
    code: 'FLOW_INVALID',
    at: { line: 6 },
    message: expect.stringContaining('company.team.fetch is not valid: line 6: No installed version'),
    problems: [{ code: 'PLUGIN_VERSION_NOT_INSTALLED', hint: expect.stringContaining('2.0.0, 1.5.0') }],
  })
  expect(await failure(library.prepare('main', 'company.team', 'fetch', 1, 'locked'))).toMatchObject({
    problems: [{ message: expect.stringContaining(`was locked to ${HTTP}@1.0.0`) }],
  })
  expect(await library.impactOf(HTTP)).toMatchObject([{ moves: [], breaks: [{ line: 6 }] }])
  await rows.save(
    INSTALLED.find(({ packageName, version }) => packageName === HTTP && version === '1.0.0') ??
      expect.fail(),
  )
  await catalog.refresh()
  expect(versionOf(await library.prepare('main', 'company.team', 'fetch'))).toBe('1.0.0')
})

test('a package of other bytes under a locked version is not run', async () => {
  const { library, catalog, rows } = await open()
  await library.create(ADA, source('2.0.0'))
  const [record] = (await rows.list()).filter(
    ({ packageName, version }) => packageName === HTTP && version === '2.0.0',
  )
  await rows.save({ ...(record ?? expect.fail()), integrity: 'sha512-other' })
  await catalog.refresh()
  expect(await failure(library.prepare('main', 'company.team', 'fetch', 1, 'locked'))).toMatchObject({
    problems: [{ code: 'FLOW_LOCK_UNAVAILABLE', hint: expect.stringContaining('sha512-other') }],
  })
})

test('defaults reach a flow from instance, namespaces and flow, and a changed namespace changes what runs', async () => {
  const { library, namespaces } = await open({
    instanceDefaults: [
      {
        type: 'io.acme.http',
        values: { version: '1.0.0', headers: { a: 'instance', b: 'instance' } },
        forced: false,
      },
    ],
  })
  const describe = (namespace: string, values: PluginDefault['values']) =>
    namespaces.save(ADA, {
      namespace,
      variables: {},
      pluginDefaults: [{ type: 'io.acme.http.Request', values, forced: false }],
    })
  await library.create(ADA, source())
  const prepare = () => library.prepare('main', 'company.team', 'fetch')
  expect(versionOf(await prepare())).toBe('1.0.0')
  await describe('company', { version: '1.5.0', headers: { a: 'company' } })
  expect(versionOf(await prepare())).toBe('1.5.0')
  await describe('company.team', { version: '2.0.0' })
  const flow = await prepare()
  expect(flow.tasks[0]?.properties.written).toMatchObject({
    headers: { a: 'company', b: 'instance' },
    method: 'GET',
  })
  expect(versionOf(flow)).toBe('2.0.0')
  expect(flow.lock.entries['tasks[0]']).toMatchObject({ decidedBy: 'namespace', request: '2.0.0' })
})

test('a fault that a namespace default brings says whose it is', async () => {
  const { library, namespaces } = await open()
  await namespaces.save(ADA, {
    namespace: 'company',
    variables: {},
    pluginDefaults: [
      { type: 'io.acme.http.Request', values: { method: 'PUT', version: '7.0.0' }, forced: false },
    ],
  })
  const unresolved = await library.validate('main', source())
  expect(unresolved.problems).toMatchObject([
    {
      code: 'PLUGIN_VERSION_NOT_INSTALLED',
      line: 5,
      message: expect.stringContaining('default of the namespace company'),
    },
  ])
  const invalid = await library.validate('main', source('2.0.0'))
  expect(invalid.problems).toMatchObject([
    {
      code: 'FLOW_PROPERTY_INVALID',
      path: 'tasks[0].method',
      line: 4,
      message: expect.stringContaining('default of the namespace company'),
    },
  ])
})

test('an instance without a default version asks for one, except for core types', async () => {
  const { library } = await open({ instanceVersion: 'NONE' })
  expect((await library.validate('main', source())).problems).toMatchObject([
    { code: 'PLUGIN_VERSION_REQUIRED', line: 5 },
  ])
  const core = 'id: a\nnamespace: b\ntasks:\n  - {id: t, type: io.kestra.plugin.core.log.Log, message: x}\n'
  expect((await library.validate('main', core)).problems).toEqual([])
})

test('users of a package are the latest revisions that are locked to it', async () => {
  const { library } = await open()
  await library.create(ADA, source('1.0.0'))
  expect(await library.usersOf(HTTP, '1.0.0')).toHaveLength(1)
  await library.update(ADA, FETCH, source('2.0.0'))
  expect(await library.usersOf(HTTP, '1.0.0')).toHaveLength(0)
  expect(await library.usersOf(HTTP)).toHaveLength(1)
})

test('a flow requires a version only if nothing else that is installed would do', async () => {
  const { library } = await open()
  await library.create(ADA, source('2.0.0'))
  expect(await library.requiring(HTTP, '2.0.0')).toMatchObject([FETCH])
  for (const request of ['', 'LATEST', '>=1']) {
    await library.update(ADA, FETCH, source(request))
    expect(await library.requiring(HTTP, '2.0.0')).toEqual([])
  }
  await library.update(ADA, FETCH, source('^2'))
  expect(await library.requiring(HTTP, '2.0.0')).toMatchObject([FETCH])
})

test('listeners hear of what was stored, and what another server stored is seen after an invalidation', async () => {
  const { library, flows, catalog, namespaces } = await open()
  const heard: number[] = []
  const stop = library.onChange(({ revision }) => heard.push(revision))
  await library.create(ADA, source('1.0.0'))
  await library.prepare('main', 'company.team', 'fetch')
  const other = new FlowLibrary({
    flows,
    namespaces,
    catalog,
    instanceDefaults: [],
    instanceVersion: 'LATEST',
  })
  await other.update(ADA, FETCH, source('2.0.0'))
  library.invalidate()
  expect((await library.prepare('main', 'company.team', 'fetch')).revision).toBe(2)
  await library.delete(ADA, FETCH)
  stop()
  await library.restore(ADA, FETCH, 1)
  expect(heard).toEqual([1, 3])
})
