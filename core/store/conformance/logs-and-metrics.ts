import { describe, expect, test } from 'vitest'
import type { LogRecord } from '../../execution/index.ts'
import { MAX_DOCUMENT_BYTES } from '../limits.ts'
import type { Store } from '../store.ts'
import { AWKWARD_TEXTS, execution, log, metric, newTenant } from './records.ts'

export function describeLogsAndMetrics(openStore: () => Store): void {
  describe('logs', () => {
    test('come back in order of time, then of arrival', async () => {
      const one = execution(newTenant())
      const at = (timestampMs: number, message: string) => log(one, { timestampMs, message })
      await openStore().logs.append([at(2, 'c'), at(1, 'a'), at(2, 'd')])
      await openStore().logs.append([at(1, 'b'), at(2, 'e')])
      const page = { tenant: one.tenant, executionId: one.executionId }
      const messages = async (limit: number, offset: number) =>
        (await openStore().logs.list({ ...page, limit, offset })).map((each) => each.message)
      expect(await messages(10, 0)).toEqual(['a', 'b', 'c', 'd', 'e'])
      expect(await messages(2, 1)).toEqual(['b', 'c'])
      expect(await messages(2, 9)).toEqual([])
      await openStore().logs.append([])
    })

    test('are chosen by task run, task and least level, in their own tenant', async () => {
      const one = execution(newTenant())
      const levels: readonly LogRecord['level'][] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']
      const all = levels.map((level, index) =>
        log(one, {
          level,
          taskId: `t${index % 2}`,
          taskRunId: `r${index}`,
          attempt: index,
          timestampMs: index,
        }),
      )
      await openStore().logs.append([...all, log(execution(one.tenant))])
      const page = { tenant: one.tenant, executionId: one.executionId, limit: 10, offset: 0 }
      expect(await openStore().logs.list(page)).toStrictEqual(all)
      expect(await openStore().logs.list({ ...page, minLevel: 'WARN' })).toStrictEqual(all.slice(3))
      expect(await openStore().logs.list({ ...page, minLevel: 'TRACE' })).toStrictEqual(all)
      expect(await openStore().logs.list({ ...page, taskRunId: 'r2' })).toStrictEqual([all[2]])
      expect(await openStore().logs.list({ ...page, taskId: 't1', minLevel: 'WARN' })).toStrictEqual([all[3]])
      expect(await openStore().logs.list({ ...page, tenant: newTenant() })).toEqual([])
    })

    test('keep any text, and refuse what is too large', async () => {
      const one = execution(newTenant())
      const all = AWKWARD_TEXTS.map((message, timestampMs) => log(one, { message, timestampMs }))
      await openStore().logs.append(all)
      const page = { tenant: one.tenant, executionId: one.executionId, limit: 100, offset: 0 }
      expect(await openStore().logs.list(page)).toStrictEqual(all)
      const message = 'x'.repeat(MAX_DOCUMENT_BYTES + 1)
      await expect(openStore().logs.append([log(one), log(one, { message })])).rejects.toMatchObject({
        code: 'STORE_VALUE_TOO_LARGE',
      })
      expect(await openStore().logs.list(page)).toHaveLength(all.length)
    })

    test('10,000 at once', async () => {
      const one = execution(newTenant())
      const all = Array.from({ length: 10_000 }, (_, timestampMs) => log(one, { timestampMs }))
      await openStore().logs.append(all)
      const last = { tenant: one.tenant, executionId: one.executionId, limit: 5, offset: 9_998 }
      expect((await openStore().logs.list(last)).map((each) => each.timestampMs)).toEqual([9_998, 9_999])
    })
  })

  describe('metrics', () => {
    test('come back as they were written, in order of time', async () => {
      const one = execution(newTenant())
      const all = [
        metric(one, { timestampMs: 1, type: 'timer', value: 0.1 + 0.2, tags: { a: 'b', ünï: '😀' } }),
        metric(one, { timestampMs: 2, type: 'gauge', value: -1e300, taskRunId: 'other' }),
        metric(one, { timestampMs: 3, value: Number.MAX_SAFE_INTEGER }),
      ]
      await openStore().metrics.append([...all].reverse())
      await openStore().metrics.append([])
      const page = { tenant: one.tenant, executionId: one.executionId, limit: 10, offset: 0 }
      expect(await openStore().metrics.list(page)).toStrictEqual(all)
      expect(await openStore().metrics.list({ ...page, taskRunId: 'other' })).toStrictEqual([all[1]])
      expect(await openStore().metrics.list({ ...page, limit: 1, offset: 2 })).toStrictEqual([all[2]])
      expect(await openStore().metrics.list({ ...page, tenant: newTenant() })).toEqual([])
    })
  })
}
