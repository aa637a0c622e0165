import { describe, expect, test } from 'vitest'
import { type ExecutionRecord, STATES, type TaskRunRecord } from '../../execution/model.ts'
import { newId } from '../../id/index.ts'
import { MAX_OUTPUTS_BYTES } from '../limits.ts'
import type { Store } from '../store.ts'
import {
  AWKWARD_TEXTS,
  changes,
  execution,
  flow,
  lockOf,
  log,
  metric,
  newTenant,
  taskRun,
} from './records.ts'

export function describeExecutions(openStore: () => Store): void {
  const executions = () => openStore().executions
  const insert = async (...inserted: ExecutionRecord[]): Promise<void> =>
    executions().commit(changes({ insertedExecutions: inserted }))

  describe('executions', () => {
    test('come back as they were written, with all fields and with the least', async () => {
      const tenant = newTenant()
      const least = execution(tenant)
      const full = execution(tenant, {
        labels: [{ key: 'a', value: 'b' }],
        inputs: { text: 'x', nested: { list: [1, 2.5, null, true] } },
        outputs: { done: true },
        variables: { v: 1 },
        trigger: { id: 't' },
        error: { code: 'X', message: 'failed', hint: 'do', at: { line: 1 } },
        parentId: newId(),
        originalId: newId(),
        kind: 'TEST',
        isSettled: true,
        startedAtMs: 1_700_000_000_001,
        endedAtMs: 9_007_199_254_740_991,
      })
      const run = taskRun(full, 0, {
        parentTaskRunId: newId(),
        value: 'v',
        iteration: 3,
        attempts: [{ attempt: 0, attemptId: newId(), state: 'SUCCESS', startedAtMs: 1, endedAtMs: 2 }],
        outputs: { rows: [1, 2] },
        plugin: { packageName: '@acme/http', version: '1.0.0-beta.1+build', integrity: 'sha512-x' },
        endedAtMs: 5,
      })
      const leastRun = taskRun(least, 0)
      await executions().commit(
        changes({ insertedExecutions: [least, full], insertedTaskRuns: [run, leastRun] }),
      )
      expect(await executions().find(tenant, least.executionId)).toStrictEqual(least)
      expect(await executions().find(tenant, full.executionId)).toStrictEqual(full)
      expect(await executions().findTaskRun(tenant, run.taskRunId)).toStrictEqual(run)
      expect(await executions().listTaskRuns(tenant, least.executionId)).toStrictEqual([leastRun])
    })

    test('an output may be null, which is not the same as none', async () => {
      const one = execution(newTenant())
      const runs = [taskRun(one, 0, { outputs: null }), taskRun(one, 1)]
      await executions().commit(changes({ insertedExecutions: [one], insertedTaskRuns: runs }))
      expect(await executions().listTaskRuns(one.tenant, one.executionId)).toStrictEqual(runs)
    })

    test.for(AWKWARD_TEXTS)('the text %j survives wherever a text may stand', async (text) => {
      const one = execution(newTenant(), {
        inputs: { [text]: text },
        outputs: { [text]: [text] },
        labels: [{ key: `k${text}`, value: text }],
        error: { code: 'X', message: text },
      })
      const run = taskRun(one, 0, { value: text, outputs: text })
      await executions().commit(changes({ insertedExecutions: [one], insertedTaskRuns: [run] }))
      expect(await executions().find(one.tenant, one.executionId)).toStrictEqual(one)
      expect(await executions().findTaskRun(one.tenant, run.taskRunId)).toStrictEqual(run)
      await executions().commit(changes({ updatedExecutions: [one], updatedTaskRuns: [run] }))
      expect(await executions().find(one.tenant, one.executionId)).toStrictEqual(one)
      expect(await executions().findTaskRun(one.tenant, run.taskRunId)).toStrictEqual(run)
      const search = { tenant: one.tenant, labels: { [`k${text}`]: text }, limit: 10, offset: 0 }
      expect(await executions().search(search)).toStrictEqual({ executions: [one], total: 1 })
    })

    test('every state can be stored', async () => {
      const tenant = newTenant()
      const all = STATES.map((state) => execution(tenant, { state }))
      await insert(...all)
      for (const one of all) expect(await executions().find(tenant, one.executionId)).toStrictEqual(one)
    })

    test('an update writes the changing fields of those rows and of no others', async () => {
      const tenant = newTenant()
      const [one, other] = [execution(tenant), execution(tenant)]
      const [run, otherRun] = [taskRun(one, 0), taskRun(one, 1)]
      await executions().commit(
        changes({ insertedExecutions: [one, other], insertedTaskRuns: [run, otherRun] }),
      )
      const changed: ExecutionRecord = {
        ...one,
        state: 'SUCCESS',
        isSettled: true,
        flowRevision: 2,
        histories: [...one.histories, { state: 'SUCCESS', atMs: 3 }],
        labels: [{ key: 'new', value: 'label' }],
        inputs: { i: 1 },
        outputs: { o: 1 },
        variables: { v: 1 },
        startedAtMs: 2,
        endedAtMs: 3,
      }
      const changedRun: TaskRunRecord = {
        ...run,
        state: 'FAILED',
        attempts: [{ attempt: 0, attemptId: 'a', state: 'FAILED', startedAtMs: 1 }],
        histories: [...run.histories, { state: 'FAILED', atMs: 3 }],
        outputs: [1],
        plugin: { packageName: 'p', version: '1', integrity: 'i' },
        iteration: 2,
        endedAtMs: 4,
      }
      await executions().commit(changes({ updatedExecutions: [changed], updatedTaskRuns: [changedRun] }))
      expect(await executions().find(tenant, one.executionId)).toStrictEqual(changed)
      expect(await executions().find(tenant, other.executionId)).toStrictEqual(other)
      expect(await executions().listTaskRuns(tenant, one.executionId)).toStrictEqual([changedRun, otherRun])
      // And back: what is absent again is removed.
      await executions().commit(changes({ updatedExecutions: [one], updatedTaskRuns: [run] }))
      expect(await executions().find(tenant, one.executionId)).toStrictEqual(one)
      expect(await executions().listTaskRuns(tenant, one.executionId)).toStrictEqual([run, otherRun])
    })

    test('the same update twice is no conflict', async () => {
      const one = execution(newTenant())
      const run = taskRun(one, 0)
      await executions().commit(changes({ insertedExecutions: [one], insertedTaskRuns: [run] }))
      const same = changes({ updatedExecutions: [one], updatedTaskRuns: [run] })
      await executions().commit(same)
      await executions().commit(same)
      expect(await executions().find(one.tenant, one.executionId)).toStrictEqual(one)
    })

    test('nothing to write is no work', async () => {
      await executions().commit(changes({}))
    })

    test('5,000 rows of each kind go in one commit', async () => {
      const tenant = newTenant()
      const all = Array.from({ length: 5_000 }, (_, index) =>
        execution(tenant, { createdAtMs: index, labels: [{ key: 'n', value: String(index % 10) }] }),
      )
      const owner = execution(tenant)
      const runs = Array.from({ length: 5_000 }, (_, index) => taskRun(owner, index, { outputs: { index } }))
      await executions().commit(changes({ insertedExecutions: [...all, owner], insertedTaskRuns: runs }))
      expect(await executions().listTaskRuns(tenant, owner.executionId)).toStrictEqual(runs)
      const ended = all.map((one): ExecutionRecord => ({ ...one, state: 'SUCCESS', isSettled: true }))
      const endedRuns = runs.map((run): TaskRunRecord => ({ ...run, state: 'SUCCESS' }))
      await executions().commit(changes({ updatedExecutions: ended, updatedTaskRuns: endedRuns }))
      expect(await executions().listTaskRuns(tenant, owner.executionId)).toStrictEqual(endedRuns)
      const found = await executions().search({
        tenant,
        labels: { n: '7' },
        states: ['SUCCESS'],
        limit: 3,
        offset: 1,
      })
      expect(found.total).toBe(500)
      expect(found.executions.map((one) => one.createdAtMs)).toEqual([4_987, 4_977, 4_967])
    })

    test.for([
      [
        'an execution',
        (one: ExecutionRecord) => changes({ insertedExecutions: [execution(one.tenant), one] }),
      ],
      [
        'an execution, twice in one commit',
        (one: ExecutionRecord) => {
          const twin = execution(one.tenant)
          return changes({ insertedExecutions: [twin, twin] })
        },
      ],
      [
        'a task run',
        (one: ExecutionRecord, run: TaskRunRecord) =>
          changes({ insertedExecutions: [execution(one.tenant)], insertedTaskRuns: [taskRun(one, 9), run] }),
      ],
      [
        'an execution that is there in another tenant',
        (one: ExecutionRecord) =>
          changes({ insertedExecutions: [execution(one.tenant), { ...one, tenant: newTenant() }] }),
      ],
    ] as const)('a duplicate of %s is a conflict and nothing is written', async ([, duplicate]) => {
      const tenant = newTenant()
      const one = execution(tenant)
      const run = taskRun(one, 0)
      await executions().commit(changes({ insertedExecutions: [one], insertedTaskRuns: [run] }))
      const attempt = {
        ...duplicate(one, run),
        updatedExecutions: [{ ...one, state: 'FAILED' } satisfies ExecutionRecord],
        updatedTaskRuns: [{ ...run, state: 'FAILED' } satisfies TaskRunRecord],
      }
      await expect(executions().commit(attempt)).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
        traits: { retryable: false },
      })
      const found = await executions().search({ tenant, limit: 10, offset: 0 })
      expect(found).toStrictEqual({ executions: [one], total: 1 })
      expect(await executions().listTaskRuns(tenant, one.executionId)).toStrictEqual([run])
    })

    test('an update of what is not there is a conflict that names it, and nothing is written', async () => {
      const one = execution(newTenant())
      const run = taskRun(one, 0)
      await executions().commit(changes({ insertedExecutions: [one], insertedTaskRuns: [run] }))
      const ended: ExecutionRecord = { ...one, state: 'SUCCESS' }
      const missing = execution(one.tenant)
      await expect(
        executions().commit(changes({ updatedExecutions: [ended, missing] })),
      ).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
        message: expect.stringContaining(missing.executionId),
      })
      const missingRun = taskRun(one, 1)
      await expect(
        executions().commit(changes({ updatedExecutions: [ended], updatedTaskRuns: [run, missingRun] })),
      ).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
        message: expect.stringContaining(missingRun.taskRunId),
      })
      expect(await executions().find(one.tenant, one.executionId)).toStrictEqual(one)
    })

    test('values that are too large are refused by name, and nothing is written', async () => {
      const tenant = newTenant()
      const one = execution(tenant)
      const fits = 'x'.repeat(MAX_OUTPUTS_BYTES - 2)
      await executions().commit(
        changes({ insertedExecutions: [one], insertedTaskRuns: [taskRun(one, 0, { outputs: fits })] }),
      )
      const other = execution(tenant)
      const tooLarge = [
        changes({ insertedExecutions: [other, execution(tenant, { inputs: { a: `${fits}é` } })] }),
        changes({ insertedExecutions: [other, execution(tenant, { outputs: { a: fits } })] }),
        changes({
          insertedExecutions: [other],
          insertedTaskRuns: [taskRun(one, 1, { outputs: `${fits}x` })],
        }),
        changes({
          insertedExecutions: [other],
          insertedTaskRuns: [taskRun(one, 1, { outputs: '€'.repeat(400_000) })],
        }),
        changes({ insertedExecutions: [other, execution(tenant, { executionId: 'i'.repeat(65) })] }),
        changes({ insertedExecutions: [other, execution(tenant, { namespace: 'n'.repeat(256) })] }),
      ]
      for (const each of tooLarge) {
        await expect(executions().commit(each)).rejects.toMatchObject({ code: 'STORE_VALUE_TOO_LARGE' })
      }
      expect((await executions().search({ tenant, limit: 10, offset: 0 })).total).toBe(1)
      const [kept] = await executions().listTaskRuns(tenant, one.executionId)
      expect(kept?.outputs).toBe(fits)
    })

    test('ids are told apart by letter case, accent and trailing space', async () => {
      const tenant = newTenant()
      const id = newId()
      const ids = [`${id}a`, `${id}A`, `${id}ä`, `${id}a `, `${id}a\u0308`]
      const all = ids.map((executionId) => execution(tenant, { executionId, inputs: { executionId } }))
      await insert(...all)
      for (const one of all) expect(await executions().find(tenant, one.executionId)).toStrictEqual(one)
    })

    test('are found in their own tenant only', async () => {
      const one = execution(newTenant())
      const run = taskRun(one, 0)
      await executions().commit(changes({ insertedExecutions: [one], insertedTaskRuns: [run] }))
      const stranger = newTenant()
      expect(await executions().find(stranger, one.executionId)).toBeUndefined()
      expect(await executions().findTaskRun(stranger, run.taskRunId)).toBeUndefined()
      expect(await executions().listTaskRuns(stranger, one.executionId)).toEqual([])
      expect((await executions().search({ tenant: stranger, limit: 10, offset: 0 })).total).toBe(0)
      expect(await executions().remove(stranger, one.executionId)).toBe(false)
      expect(await executions().find(one.tenant, one.executionId)).toStrictEqual(one)
    })

    test('concurrent commits all count', async () => {
      const tenant = newTenant()
      const owner = execution(tenant)
      await insert(owner)
      await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          executions().commit(
            changes({
              insertedExecutions: [execution(tenant)],
              insertedTaskRuns: [taskRun(owner, index)],
              updatedExecutions: [owner],
            }),
          ),
        ),
      )
      expect(await executions().listTaskRuns(tenant, owner.executionId)).toHaveLength(50)
      expect((await executions().search({ tenant, limit: 1, offset: 0 })).total).toBe(51)
    })
  })

  describe('a search of executions', () => {
    const ids = async (filter: Parameters<Store['executions']['search']>[0]): Promise<string[]> =>
      (await executions().search(filter)).executions.map((one) => one.executionId)

    test('covers a namespace and those below it, not its namesakes', async () => {
      const tenant = newTenant()
      const namespaces = ['a.b', 'a.b.c', 'a.bc', 'a.b_', 'a.B', 'a', 'a.b.c.d', 'a.b%']
      const all = namespaces.map((namespace, index) => execution(tenant, { namespace, createdAtMs: index }))
      await insert(...all)
      const within = async (namespace: string) => {
        const found = await executions().search({ tenant, namespace, limit: 10, offset: 0 })
        expect(found.total).toBe(found.executions.length)
        return found.executions.map((one) => one.namespace)
      }
      expect(await within('a.b')).toEqual(['a.b.c.d', 'a.b.c', 'a.b'])
      expect(await within('a.b_')).toEqual(['a.b_'])
      expect(await within('a.%')).toEqual([])
      expect(await within('a')).toHaveLength(8)
      expect(await within('')).toEqual([])
    })

    test('combines flow, states, times and labels', async () => {
      const tenant = newTenant()
      const env = (value: string) => [{ key: 'env', value }]
      const all = [
        execution(tenant, { flowId: 'one', state: 'SUCCESS', createdAtMs: 10, labels: env('prod') }),
        execution(tenant, { flowId: 'one', state: 'FAILED', createdAtMs: 20, labels: env('Prod') }),
        execution(tenant, {
          flowId: 'two',
          state: 'RUNNING',
          createdAtMs: 30,
          labels: [...env('prod'), { key: 'b', value: 'c' }],
        }),
      ]
      await insert(...all)
      const [first, second, third] = all.map((one) => one.executionId)
      const page = { tenant, limit: 10, offset: 0 }
      expect(await ids(page)).toEqual([third, second, first])
      expect(await ids({ ...page, flowId: 'one' })).toEqual([second, first])
      expect(await ids({ ...page, states: ['SUCCESS', 'RUNNING'] })).toEqual([third, first])
      expect(await ids({ ...page, states: [] })).toEqual([])
      expect(await ids({ ...page, createdAfterMs: 20 })).toEqual([third, second])
      expect(await ids({ ...page, createdBeforeMs: 20 })).toEqual([first])
      expect(await ids({ ...page, labels: { env: 'prod' } })).toEqual([third, first])
      expect(await ids({ ...page, labels: { env: 'prod', b: 'c' } })).toEqual([third])
      expect(await ids({ ...page, labels: { env: 'prod', b: 'x' } })).toEqual([])
      expect(await ids({ ...page, labels: {} })).toHaveLength(3)
      expect(
        await ids({
          ...page,
          namespace: 'company',
          flowId: 'one',
          states: ['SUCCESS'],
          createdAfterMs: 0,
          labels: { env: 'prod' },
        }),
      ).toEqual([first])
    })

    test('follows labels that change', async () => {
      const one = execution(newTenant(), {
        labels: [
          { key: 'a', value: '1' },
          { key: 'a', value: '1' },
        ],
      })
      await insert(one)
      const filter = (value: string) => ({ tenant: one.tenant, labels: { a: value }, limit: 10, offset: 0 })
      expect(await ids(filter('1'))).toEqual([one.executionId])
      await executions().commit(
        changes({ updatedExecutions: [{ ...one, labels: [{ key: 'a', value: '2' }] }] }),
      )
      expect(await ids(filter('1'))).toEqual([])
      expect(await ids(filter('2'))).toEqual([one.executionId])
    })

    test('pages without gaps or repeats, also among equal times', async () => {
      const tenant = newTenant()
      const all = Array.from({ length: 25 }, (_, index) => execution(tenant, { createdAtMs: index % 3 }))
      await insert(...all)
      const seen: string[] = []
      for (let offset = 0; offset < 30; offset += 10) seen.push(...(await ids({ tenant, limit: 10, offset })))
      expect(seen).toHaveLength(25)
      expect(new Set(seen)).toEqual(new Set(all.map((one) => one.executionId)))
      expect(await executions().search({ tenant, limit: 0, offset: 0 })).toEqual({
        executions: [],
        total: 25,
      })
    })
  })

  describe('unfinished executions', () => {
    test('are scanned by id, a page at a time, over all tenants', async () => {
      const all = Array.from({ length: 7 }, (_, index) =>
        execution(newTenant(), { isSettled: index === 3, state: 'SUCCESS' }),
      )
      await insert(...all)
      const wanted = all.filter((one) => !one.isSettled).map((one) => one.executionId)
      const seen: string[] = []
      for (let after: string | undefined; ; ) {
        const page = await executions().scanUnfinished(after, 3)
        seen.push(...page.map((one) => one.executionId))
        after = page.at(-1)?.executionId
        if (page.length < 3) break
      }
      expect(seen).toEqual([...seen].sort())
      expect(seen.filter((id) => wanted.includes(id)).sort()).toEqual([...wanted].sort())
      expect(seen).not.toContain(all[3]?.executionId)
      await executions().commit(
        changes({ updatedExecutions: all.map((one) => ({ ...one, isSettled: true })) }),
      )
      expect(
        (await executions().scanUnfinished(undefined, 1_000)).some((one) => wanted.includes(one.executionId)),
      ).toBe(false)
    })

    test('keep the versions of their task runs and of their locked revisions in use', async () => {
      const tenant = newTenant()
      const packageName = `@acme/${newId().toLowerCase()}`
      const count = (version: string) => executions().countUnfinishedUsing(packageName, version)
      await openStore().flows.addRevision(flow(tenant, { lock: lockOf({ [packageName]: '1.0.0' }) }))
      await openStore().flows.addRevision(
        flow(tenant, { revision: 2, lock: lockOf({ [packageName]: '2.0.0' }) }),
      )
      const byLock = execution(tenant, { flowRevision: 1 })
      const byRun = execution(tenant, { flowId: 'other' })
      const settled = execution(tenant, { flowRevision: 2, isSettled: true })
      const run = (of: ExecutionRecord, version: string) =>
        taskRun(of, 0, { plugin: { packageName, version, integrity: 'x' } })
      await executions().commit(
        changes({
          insertedExecutions: [byLock, byRun, settled],
          insertedTaskRuns: [
            run(byLock, '1.0.0'),
            run(byRun, '1.0.0'),
            run(byRun, '3.0.0'),
            run(settled, '2.0.0'),
          ],
        }),
      )
      expect(await count('1.0.0')).toBe(2)
      expect(await count('2.0.0')).toBe(0)
      expect(await count('3.0.0')).toBe(1)
      expect(await executions().countUnfinishedUsing(packageName.toUpperCase(), '1.0.0')).toBe(0)
    })
  })

  describe('a removed execution', () => {
    test('is gone with its task runs, labels, logs and metrics, and nothing else is', async () => {
      const tenant = newTenant()
      const labels = [{ key: 'a', value: 'b' }]
      const [one, other] = [execution(tenant, { labels }), execution(tenant, { labels })]
      const runs = [taskRun(one, 0), taskRun(other, 0)]
      await executions().commit(changes({ insertedExecutions: [one, other], insertedTaskRuns: runs }))
      await openStore().logs.append([log(one), log(other)])
      await openStore().metrics.append([metric(one), metric(other)])
      expect(await executions().remove(tenant, one.executionId)).toBe(true)
      expect(await executions().remove(tenant, one.executionId)).toBe(false)
      expect(await executions().find(tenant, one.executionId)).toBeUndefined()
      const rest = async (of: ExecutionRecord) => {
        const filter = { tenant, executionId: of.executionId, limit: 10, offset: 0 }
        const lists = [
          await executions().listTaskRuns(tenant, of.executionId),
          await openStore().logs.list(filter),
          await openStore().metrics.list(filter),
        ]
        return lists.map((list) => list.length)
      }
      expect(await rest(one)).toEqual([0, 0, 0])
      expect(await rest(other)).toEqual([1, 1, 1])
      expect(await executions().search({ tenant, labels: { a: 'b' }, limit: 10, offset: 0 })).toStrictEqual({
        executions: [other],
        total: 1,
      })
      // Its id is free again.
      await insert(one)
    })
  })
}
