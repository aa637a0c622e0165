import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { requestMariadb } from '../../../test/services/index.ts'
import type { ExecutionRecord } from '../../execution/index.ts'
import { changes, execution, taskRun } from '../conformance/records.ts'
import { openStore } from '../open.ts'
import type { MysqlOptions } from '../options.ts'
import type { Store } from '../store.ts'
import { Database } from './database.ts'
import { type FlakyProxy, startFlakyProxy } from './fixtures/flaky-proxy.ts'
import { createMysqlDriver } from './mysql-driver.ts'
import { sql } from './query.ts'

const server = await requestMariadb()
const UNREACHABLE = { code: 'STORE_UNREACHABLE', traits: { retryable: true } }

describe.skipIf(server === undefined)(
  'A MariaDB that fails (skipped where mariadbd is not installed)',
  () => {
    let options: MysqlOptions
    let proxy: FlakyProxy
    let store: Store

    beforeEach(async () => {
      const { socketPath, user, password, createDatabase } = server!
      proxy = await startFlakyProxy(socketPath)
      options = {
        client: 'mysql',
        host: '127.0.0.1',
        port: proxy.port,
        user,
        password,
        database: await createDatabase(),
        poolSize: 4,
        queryTimeoutMs: 500,
      }
      store = await openStore(options)
    })
    afterEach(async () => {
      await store.close()
      await proxy.close()
      await server!.dropDatabase(options.database)
    })

    test('by cutting the line is unreachable, and used again when it is back', async () => {
      proxy.cut()
      await expect(store.ping()).rejects.toMatchObject(UNREACHABLE)
      await expect(store.settings.set('k', 'v')).rejects.toMatchObject(UNREACHABLE)
      proxy.restore()
      await store.settings.set('k', 'v')
      expect(await store.settings.get('k')).toBe('v')
    })

    test('by falling silent is unreachable within the time allowed, not a hang', async () => {
      proxy.freeze()
      const asked = Array.from({ length: 8 }, () => store.ping())
      for (const each of await Promise.allSettled(asked)) {
        expect(each).toMatchObject({ status: 'rejected', reason: UNREACHABLE })
      }
      proxy.restore()
      // Connections that were being made in the silence still have to fail.
      await expect.poll(() => store.ping().then(() => 'answers')).toBe('answers')
    })

    test('in the middle of a query gives up that query', async () => {
      proxy.loseAnswerTo('SELECT value FROM settings')
      await expect(store.settings.get('k')).rejects.toMatchObject(UNREACHABLE)
      expect(await store.settings.get('k')).toBeUndefined()
    })

    test('while it commits leaves it open whether it did, and the same changes can be given again', async () => {
      const one = execution('main')
      const given = changes({ insertedExecutions: [one], insertedTaskRuns: [taskRun(one, 0)] })
      proxy.loseAnswerTo('COMMIT')
      await expect(store.executions.commit(given)).rejects.toMatchObject(UNREACHABLE)
      // This time it did: the answer was lost, not the commit.
      expect(await store.executions.find('main', one.executionId)).toStrictEqual(one)
      await store.executions.commit(given)
      expect(await store.executions.listTaskRuns('main', one.executionId)).toHaveLength(1)
      // The same rows in changes of somebody else are a duplicate as ever.
      await expect(store.executions.commit({ ...given })).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
    })

    test('before it commits has written nothing, and the same changes can be given again', async () => {
      const one = execution('main')
      const given = changes({ insertedExecutions: [one], insertedTaskRuns: [taskRun(one, 0)] })
      proxy.loseAnswerTo('INSERT INTO task_runs')
      await expect(store.executions.commit(given)).rejects.toMatchObject(UNREACHABLE)
      expect(await store.executions.find('main', one.executionId)).toBeUndefined()
      await store.executions.commit(given)
      expect(await store.executions.find('main', one.executionId)).toStrictEqual(one)
    })

    test('that refuses or does not know us is unreachable, with what it said', async () => {
      const open = (over: Partial<MysqlOptions>) => openStore({ ...options, ...over })
      const said = (text: string) => ({ ...UNREACHABLE, message: expect.stringContaining(text) })
      await expect(open({ user: 'stranger', password: 'x' })).rejects.toMatchObject(said('stranger'))
      await expect(open({ database: 'no_such_database' })).rejects.toMatchObject(said('no_such_database'))
      await expect(open({ port: 1 })).rejects.toMatchObject(said('ECONNREFUSED'))
      await expect(open({ socketPath: '/nowhere/db.sock' })).rejects.toMatchObject(said('ENOENT'))
    })

    test('by a connection that an operator kills costs one query', async () => {
      await server!.run(
        `BEGIN NOT ATOMIC
        DECLARE done INT DEFAULT 0; DECLARE victim BIGINT;
        DECLARE victims CURSOR FOR SELECT id FROM information_schema.processlist WHERE db = '${options.database}';
        DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;
        OPEN victims;
        victims: LOOP FETCH victims INTO victim; IF done THEN LEAVE victims; END IF; KILL victim; END LOOP;
      END`,
      )
      await store.ping().catch((error: unknown) => expect(error).toMatchObject(UNREACHABLE))
      await store.ping()
    })

    test('by deadlocks is tried again: two that write the same rows in opposite order both succeed', async () => {
      const all = Array.from({ length: 40 }, () => execution('main'))
      const runs = all.map((one) => taskRun(one, 0))
      await store.executions.commit(changes({ insertedExecutions: all, insertedTaskRuns: runs }))
      const write = async (state: ExecutionRecord['state'], order: readonly ExecutionRecord[]) => {
        for (let round = 0; round < 10; round++) {
          await store.executions.commit(
            changes({ updatedExecutions: order.map((one) => ({ ...one, state })) }),
          )
        }
      }
      await Promise.all([
        write('PAUSED', all),
        write('KILLING', [...all].reverse()),
        write('QUEUED', [...all.slice(20), ...all.slice(0, 20)]),
      ])
    })

    test('by a deadlock runs the loser again from its start, in order, a bounded number of times', async () => {
      const database = new Database(createMysqlDriver(options))
      await database.write((session) =>
        session.run(sql(`INSERT INTO settings VALUES ('a', '0'), ('b', '0')`)),
      )
      let arrived = 0
      let release = (): void => {}
      const bothArrived = new Promise<void>((resolve) => {
        release = resolve
      })
      let runs = 0
      const lockInOrder = (first: string, second: string) =>
        database.write(async (session) => {
          runs++
          const set = (key: string) => sql('UPDATE settings SET value = value + 1 WHERE setting_key = ?', key)
          await session.run(set(first))
          if (++arrived === 2) release()
          await bothArrived
          await session.run(set(second))
        })
      await Promise.all([lockInOrder('a', 'b'), lockInOrder('b', 'a')])
      expect(runs).toBe(3)
      const rows = await database.read((session) => session.all(sql('SELECT value FROM settings')))
      expect(rows.map((row) => row['value'])).toEqual(['2', '2'])
      await database.close()
    })
  },
)
