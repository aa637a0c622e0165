import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { describeExecutions } from './executions.ts'
import { describeFlows } from './flows.ts'
import { describeIdentity } from './identity.ts'
import { describeLogsAndMetrics } from './logs-and-metrics.ts'
import { describePlugins } from './plugins.ts'
import { describeValues } from './values.ts'

export interface StoreUnderTest {
  /** Opens the same database again, as another process would. */
  open(): Promise<Store>
  /** Removes the database. */
  remove(): Promise<void>
}

/** What every store must do. Called by each database's test file. */
export function describeStore(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the store contract`, () => {
    let subject: StoreUnderTest
    let store: Store | undefined
    const opened = (): Store => {
      if (store === undefined) throw new Error('The store is not open.')
      return store
    }
    beforeAll(async () => {
      subject = await create()
      store = await subject.open()
    })
    afterAll(async () => {
      await store?.close()
      await subject.remove()
    })

    describeExecutions(opened)
    describeLogsAndMetrics(opened)
    describeFlows(opened)
    describePlugins(opened)
    describeIdentity(opened)
    describeValues(opened)

    test('it answers, and what it holds is there when it is opened again', async () => {
      await opened().ping()
      await opened().settings.set('kept', 'yes')
      const again = await subject.open()
      expect(await again.settings.get('kept')).toBe('yes')
      await again.close()
    })

    test('a closed store says so, and may be closed twice', async () => {
      const other = await subject.open()
      await other.close()
      await other.close()
      const closed = { code: 'STORE_CLOSED' }
      await expect(other.ping()).rejects.toMatchObject(closed)
      await expect(other.settings.get('x')).rejects.toMatchObject(closed)
      await expect(other.settings.set('x', 'y')).rejects.toMatchObject(closed)
    })

    test('what was asked before it closes is answered', async () => {
      const other = await subject.open()
      const writes = Array.from({ length: 20 }, (_, index) => other.settings.set(`last-${index}`, 'x'))
      await Promise.all([...writes, other.close()])
      expect(await opened().settings.get('last-19')).toBe('x')
    })
  })
}
