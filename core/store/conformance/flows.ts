import { describe, expect, test } from 'vitest'
import { newId } from '../../id/index.ts'
import { MAX_LARGE_DOCUMENT_BYTES } from '../limits.ts'
import type { Store } from '../store.ts'
import { AWKWARD_TEXTS, flow, lockOf, newTenant } from './records.ts'

export function describeFlows(openStore: () => Store): void {
  const flows = () => openStore().flows

  describe('flows', () => {
    test('the latest revision is found, and any by its number', async () => {
      const tenant = newTenant()
      const first = flow(tenant, { lock: lockOf({ a: '1.0.0', b: '2.0.0' }) })
      const second = flow(tenant, { revision: 2, source: 'id: flow\n# changed 😀' })
      await flows().addRevision(first)
      await flows().addRevision(second)
      expect(await flows().find(tenant, 'company.team', 'flow')).toStrictEqual(second)
      expect(await flows().find(tenant, 'company.team', 'flow', 1)).toStrictEqual(first)
      expect(await flows().find(tenant, 'company.team', 'flow', 3)).toBeUndefined()
      expect(await flows().listRevisions(tenant, 'company.team', 'flow')).toStrictEqual([first, second])
      for (const [namespace, flowId] of [
        ['company.team', 'Flow'],
        ['company.team', 'flow '],
        ['company', 'flow'],
      ] as const) {
        expect(await flows().find(tenant, namespace, flowId)).toBeUndefined()
      }
      expect(await flows().find(newTenant(), 'company.team', 'flow')).toBeUndefined()
      expect(await flows().listRevisions(tenant, 'company.team', 'none')).toEqual([])
    })

    test('a deleted flow is found by revision only, and may come back', async () => {
      const tenant = newTenant()
      await flows().addRevision(flow(tenant))
      await flows().addRevision(flow(tenant, { revision: 2, deleted: true }))
      expect(await flows().find(tenant, 'company.team', 'flow')).toBeUndefined()
      expect(await flows().find(tenant, 'company.team', 'flow', 2)).toMatchObject({ deleted: true })
      expect(await flows().list({ tenant, limit: 10, offset: 0 })).toEqual({ flows: [], total: 0 })
      await flows().addRevision(flow(tenant, { revision: 3 }))
      expect(await flows().find(tenant, 'company.team', 'flow')).toMatchObject({ revision: 3 })
    })

    test.for([0, 1, 3])('revision %i does not follow revision 1', async (revision) => {
      const tenant = newTenant()
      const first = flow(tenant)
      await flows().addRevision(first)
      await expect(flows().addRevision(flow(tenant, { revision, source: 'other' }))).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
        message: expect.stringContaining('company.team.flow'),
      })
      expect(await flows().listRevisions(tenant, 'company.team', 'flow')).toStrictEqual([first])
    })

    test('a first revision with a number above 1 is a conflict', async () => {
      await expect(flows().addRevision(flow(newTenant(), { revision: 2 }))).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
      })
    })

    test('of many who save the same revision at once, one wins, each time', async () => {
      const tenant = newTenant()
      for (const revision of [1, 2, 3]) {
        const saved = await Promise.allSettled(
          Array.from({ length: 10 }, (_, index) =>
            flows().addRevision(
              flow(tenant, { revision, source: `by ${index}`, lock: lockOf({ p: `${index}.0.0` }) }),
            ),
          ),
        )
        expect(saved.filter((each) => each.status === 'fulfilled')).toHaveLength(1)
        for (const each of saved) {
          if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'STORE_CONFLICT' })
        }
      }
      expect(await flows().listRevisions(tenant, 'company.team', 'flow')).toHaveLength(3)
    })

    test('are listed by namespace and id, with those below a namespace, a page at a time', async () => {
      const tenant = newTenant()
      const keys = [
        ['a.b', 'z'],
        ['a.b.c', 'y'],
        ['a.bc', 'x'],
        ['a', 'w'],
        ['a.b', 'A'],
      ] as const
      for (const [namespace, flowId] of keys) await flows().addRevision(flow(tenant, { namespace, flowId }))
      const list = async (over: { namespace?: string; text?: string; limit?: number; offset?: number }) => {
        const found = await flows().list({ tenant, limit: 10, offset: 0, ...over })
        return [found.flows.map((each) => `${each.namespace}/${each.flowId}`), found.total]
      }
      expect(await list({})).toEqual([['a/w', 'a.b/A', 'a.b/z', 'a.b.c/y', 'a.bc/x'], 5])
      expect(await list({ namespace: 'a.b' })).toEqual([['a.b/A', 'a.b/z', 'a.b.c/y'], 3])
      expect(await list({ limit: 2, offset: 1 })).toEqual([['a.b/A', 'a.b/z'], 5])
    })

    test('are found by a part of namespace or id, in any case, wildcards being plain text', async () => {
      const tenant = newTenant()
      for (const flowId of ['Daily-Report', 'daily_sync', 'dailyXsync', 'x100', "it's"]) {
        await flows().addRevision(flow(tenant, { flowId }))
      }
      const ids = async (text: string) =>
        (await flows().list({ tenant, text, limit: 10, offset: 0 })).flows.map((each) => each.flowId)
      expect(await ids('DAILY')).toEqual(['Daily-Report', 'dailyXsync', 'daily_sync'])
      expect(await ids('daily_')).toEqual(['daily_sync'])
      expect(await ids('%')).toEqual([])
      expect(await ids('!')).toEqual([])
      expect(await ids('\\')).toEqual([])
      expect(await ids("t's")).toEqual(["it's"])
      expect(await ids('company.TEAM')).toHaveLength(5)
      expect(await ids('')).toHaveLength(5)
    })

    test.for(AWKWARD_TEXTS)('the source %j survives', async (source) => {
      const one = flow(newTenant(), { source, createdBy: source })
      await flows().addRevision(one)
      expect(await flows().find(one.tenant, one.namespace, one.flowId)).toStrictEqual(one)
    })

    test('the users of a package are the latest revisions that lock it', async () => {
      const tenant = newTenant()
      const packageName = `@acme/${newId()}`
      const add = (flowId: string, revision: number, versions: Record<string, string>, deleted = false) =>
        flows().addRevision(flow(tenant, { flowId, revision, lock: lockOf(versions), deleted }))
      await add('moved-on', 1, { [packageName]: '1.0.0' })
      await add('moved-on', 2, { [packageName]: '2.0.0', other: '1.0.0' })
      await add('stays', 1, { [packageName]: '1.0.0' })
      await add('dropped', 1, { [packageName]: '1.0.0' })
      await add('dropped', 2, {})
      await add('deleted', 1, { [packageName]: '1.0.0' })
      await add('deleted', 2, { [packageName]: '1.0.0' }, true)
      const users = async (version?: string) =>
        (await flows().listUsers(packageName, version)).map((each) => `${each.flowId}#${each.revision}`)
      expect(await users()).toEqual(['moved-on#2', 'stays#1'])
      expect(await users('1.0.0')).toEqual(['stays#1'])
      expect(await users('2.0.0')).toEqual(['moved-on#2'])
      expect(await users('3.0.0')).toEqual([])
      expect(await flows().listUsers(packageName.toUpperCase())).toEqual([])
    })

    test('a revision that locks one version many times is its user once', async () => {
      const packageName = `@acme/${newId()}`
      const lock = lockOf({ [packageName]: '1.0.0' })
      const entry = lock.entries['tasks[0]']
      if (entry === undefined) throw new Error('The lock has no entry.')
      const entries = { ...lock.entries, 'tasks[1]': entry, 'tasks[2]': { ...entry, version: '2.0.0' } }
      await flows().addRevision(flow(newTenant(), { lock: { lockVersion: 1, entries } }))
      expect(await flows().listUsers(packageName)).toHaveLength(1)
    })

    test('the latest revisions of all tenants are scanned a page at a time', async () => {
      const wanted: string[] = []
      for (const tenant of [newTenant(), newTenant()]) {
        for (const [namespace, flowId] of [
          ['a', 'b'],
          ['a', 'c'],
          ['a.b', 'a'],
          ['b', 'a'],
        ] as const) {
          await flows().addRevision(flow(tenant, { namespace, flowId }))
          await flows().addRevision(flow(tenant, { namespace, flowId, revision: 2 }))
          wanted.push([tenant, namespace, flowId].join('/'))
        }
        await flows().addRevision(flow(tenant, { flowId: 'gone' }))
        await flows().addRevision(flow(tenant, { flowId: 'gone', revision: 2, deleted: true }))
      }
      const seen: string[] = []
      for (let after: Parameters<Store['flows']['scanLatest']>[0]; ; ) {
        const page = await flows().scanLatest(after, 3)
        for (const each of page) seen.push([each.tenant, each.namespace, each.flowId].join('/'))
        after = page.at(-1)
        if (page.length < 3) break
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.filter((key) => wanted.includes(key))).toEqual(wanted)
      expect(seen.some((key) => key.endsWith('/gone'))).toBe(false)
    })

    test('a source that is too large is refused', async () => {
      const source = 'x'.repeat(MAX_LARGE_DOCUMENT_BYTES + 1)
      await expect(flows().addRevision(flow(newTenant(), { source }))).rejects.toMatchObject({
        code: 'STORE_VALUE_TOO_LARGE',
      })
    })
  })

  describe('namespaces', () => {
    test('are saved, replaced, listed and removed in their tenant', async () => {
      const tenant = newTenant()
      const { namespaces } = openStore()
      const full = {
        tenant,
        namespace: 'b',
        description: 'Ünï 😀',
        variables: { a: [1] },
        pluginDefaults: [{ type: 'io.x', values: { y: 1 }, forced: true }],
      }
      const least = { tenant, namespace: 'a.b', variables: {}, pluginDefaults: [] }
      await namespaces.save(full)
      await namespaces.save(least)
      expect(await namespaces.list(tenant)).toStrictEqual([least, full])
      await namespaces.save({ ...least, namespace: 'b' })
      expect(await namespaces.find(tenant, 'b')).toStrictEqual({ ...least, namespace: 'b' })
      expect(await namespaces.find(tenant, 'B')).toBeUndefined()
      expect(await namespaces.find(newTenant(), 'b')).toBeUndefined()
      expect(await namespaces.remove(tenant, 'b')).toBe(true)
      expect(await namespaces.remove(tenant, 'b')).toBe(false)
      expect(await namespaces.list(tenant)).toStrictEqual([least])
    })
  })
}
