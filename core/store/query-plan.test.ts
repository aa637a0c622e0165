import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requestMariadb } from '../../test/services/index.ts'
import {
  changes,
  execution,
  flow,
  log,
  metric,
  pluginVersion,
  taskRun,
  token,
  user,
} from './conformance/records.ts'
import { Database } from './database/database.ts'
import type { Driver } from './database/driver.ts'
import { createMysqlDriver } from './database/mysql-driver.ts'
import type { Query } from './database/query.ts'
import type { TransactionSession } from './database/session.ts'
import { createSqliteDriver } from './database/sqlite-driver.ts'
import { migrate } from './migration/migrate.ts'
import { MIGRATIONS } from './migration/migrations.ts'
import { createStore } from './open.ts'
import type { Store } from './store.ts'

const server = await requestMariadb()
// A handful of rows for a whole instance: a list of all of them reads all of them.
const SMALL_TABLES = ['users', 'plugin_versions']

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinion-plans-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The driver, with every query that its sessions are given written down. */
function recording(driver: Driver, queries: Query[]): Driver {
  return {
    ...driver,
    openSession(connection): TransactionSession {
      const session = driver.openSession(connection)
      return {
        all(query) {
          queries.push(query)
          return session.all(query)
        },
        run(query) {
          queries.push(query)
          return session.run(query)
        },
        insertRows: (table, rows) => session.insertRows(table, rows),
        updateRows: (table, rows) => session.updateRows(table, rows),
        begin: () => session.begin(),
        commit: () => session.commit(),
        rollback: () => session.rollback(),
      }
    },
  }
}

/** Asks every query of every contract at least once. */
async function askEverything(store: Store): Promise<void> {
  const tenant = 'main'
  const page = { limit: 10, offset: 0 }
  for (let index = 0; index < 20; index++) {
    const one = execution(tenant, { labels: [{ key: 'a', value: 'b' }] })
    const run = taskRun(one, 0)
    await store.executions.commit(changes({ insertedExecutions: [one], insertedTaskRuns: [run] }))
    await store.executions.commit(
      changes({ updatedExecutions: [{ ...one, labels: [] }], updatedTaskRuns: [run] }),
    )
    await store.logs.append([log(one)])
    await store.metrics.append([metric(one)])
    await store.flows.addRevision(flow(tenant, { flowId: `f${index}` }))
    await store.flows.addRevision(flow(tenant, { flowId: `f${index}`, revision: 2 }))
    if (index > 0) continue
    const { executionId } = one
    await store.executions.find(tenant, executionId)
    await store.executions.listTaskRuns(tenant, executionId)
    await store.executions.findTaskRun(tenant, run.taskRunId)
    await store.executions.search({ tenant, ...page })
    await store.executions.search({ tenant, namespace: 'company', ...page })
    await store.executions.search({ tenant, namespace: 'company', flowId: 'flow', ...page })
    await store.executions.search({
      tenant,
      states: ['RUNNING', 'FAILED'],
      createdAfterMs: 1,
      createdBeforeMs: 2,
      ...page,
    })
    await store.executions.search({ tenant, labels: { a: 'b', c: 'd' }, ...page })
    await store.executions.scanUnfinished(executionId, 10)
    await store.executions.countUnfinishedUsing('p', '1')
    await store.logs.list({ tenant, executionId, minLevel: 'INFO', taskRunId: 'x', taskId: 'y', ...page })
    await store.metrics.list({ tenant, executionId, taskRunId: 'x', ...page })
    await store.flows.find(tenant, 'company.team', 'f0')
    await store.flows.find(tenant, 'company.team', 'f0', 1)
    await store.flows.list({ tenant, ...page })
    await store.flows.list({ tenant, namespace: 'company', text: 'f', ...page })
    await store.flows.listRevisions(tenant, 'company.team', 'f0')
    await store.flows.listUsers('p')
    await store.flows.listUsers('p', '1')
    await store.flows.scanLatest({ tenant, namespace: 'company.team', flowId: 'f0' }, 10)
    await store.namespaces.save({ tenant, namespace: 'n', variables: {}, pluginDefaults: [] })
    await store.namespaces.find(tenant, 'n')
    await store.namespaces.list(tenant)
    await store.namespaces.remove(tenant, 'n')
    await store.plugins.save(pluginVersion('p'))
    await store.plugins.find('p', '1.0.0')
    await store.plugins.list()
    await store.plugins.transition('p', '1.0.0', 'STAGED', 'ACTIVE')
    await store.plugins.saveDistTags('p', { latest: '1.0.0' })
    await store.plugins.saveDeprecation('p', '1.0.0', 'x')
    await store.plugins.remove('p', '1.0.0')
    const ann = user()
    await store.users.save(ann)
    await store.users.findByUsername('ann')
    await store.users.findById(ann.userId)
    await store.users.update(ann.userId, { role: 'viewer' })
    await store.users.list()
    const ci = token(ann.userId)
    await store.tokens.save(ci)
    await store.tokens.findByHash(ci.hash)
    await store.tokens.listByUser(ann.userId)
    await store.tokens.touch(new Map([[ci.tokenId, 1]]))
    await store.tokens.revoke(ci.tokenId, 1)
    await store.users.remove(ann.userId)
    await store.settings.setOnce('k', 'v')
    await store.settings.set('k', 'v')
    await store.settings.get('k')
    await store.kv.set(tenant, 'n', { key: 'k', valueJson: '1', updatedAtMs: 1, expiresAtMs: 1 })
    await store.kv.get(tenant, 'n', 'k', 0)
    await store.kv.list(tenant, 'n', 'k', 0)
    await store.kv.removeExpired(0)
    await store.kv.remove(tenant, 'n', 'k')
    await store.executions.remove(tenant, executionId)
  }
}

async function record(
  driver: Driver,
): Promise<{ readonly database: Database; readonly queries: readonly Query[] }> {
  const queries: Query[] = []
  const database = new Database(recording(driver, queries))
  await migrate(database, MIGRATIONS)
  queries.length = 0
  await askEverything(createStore(database))
  const asked = new Map(queries.map((query) => [query.text, query]))
  return {
    database,
    queries: [...asked.values()].filter(({ text }) => /^(select|update|delete)/i.test(text)),
  }
}

test('on SQLite every query of every contract is answered by an index', async () => {
  const { database, queries } = await record(createSqliteDriver(join(folder, 'plans.db')))
  expect(queries.length).toBeGreaterThan(50)
  for (const { text, values } of queries) {
    const plan = await database.read((session) => session.all({ text: `EXPLAIN QUERY PLAN ${text}`, values }))
    const scans = plan.map((row) => String(row['detail'])).filter((detail) => detail.startsWith('SCAN'))
    const large = scans.filter((scan) => !SMALL_TABLES.some((table) => scan.startsWith(`SCAN ${table}`)))
    expect(
      large.filter((scan) => scan !== 'SCAN l' && scan !== 'SCAN CONSTANT ROW'),
      text,
    ).toEqual([])
  }
  await database.close()
})

test('on SQLite what is paged comes sorted out of its index', async () => {
  const { database, queries } = await record(createSqliteDriver(join(folder, 'sorted.db')))
  const sorted = queries.filter(
    ({ text }) => /order by/i.test(text) && / limit /i.test(text) && !/ in \(|in \(select| or /i.test(text),
  )
  expect(sorted.length).toBeGreaterThan(3)
  for (const { text, values } of sorted) {
    const plan = await database.read((session) => session.all({ text: `EXPLAIN QUERY PLAN ${text}`, values }))
    // Sorting the last term only puts in order what happened in the same millisecond.
    expect(plan.map((row) => row['detail']).join('; '), text).not.toContain('TEMP B-TREE FOR ORDER BY')
  }
  await database.close()
})

test.skipIf(server === undefined)('on MariaDB every table of every query has an index to use', async () => {
  const { socketPath, user: name, password } = server!
  const options = {
    client: 'mysql',
    socketPath,
    user: name,
    password,
    database: await server!.createDatabase(),
  } as const
  const { database, queries } = await record(createMysqlDriver(options))
  for (const { text, values } of queries) {
    const plan = await database.read((session) => session.all({ text: `EXPLAIN ${text}`, values }))
    const unaided = plan.filter(
      (row) =>
        row['table'] !== null &&
        row['possible_keys'] === null &&
        row['key'] === null &&
        !SMALL_TABLES.includes(String(row['table'])) &&
        !String(row['table']).startsWith('<'),
    )
    expect(
      unaided.map((row) => row['table']),
      text,
    ).toEqual([])
  }
  await database.close()
  await server!.dropDatabase(options.database)
})
