import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requestMariadb } from '../../../test/services/index.ts'
import { Database } from '../database/database.ts'
import { createMysqlDriver } from '../database/mysql-driver.ts'
import { sql } from '../database/query.ts'
import { createSqliteDriver } from '../database/sqlite-driver.ts'
import { migrate } from './migrate.ts'
import type { Migration } from './migration.ts'
import { MIGRATIONS } from './migrations.ts'

const server = await requestMariadb()
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinion-migrate-'))
})
afterAll(() => rm(folder, { recursive: true }))

const DATABASES = [
  {
    name: 'SQLite',
    isMissing: false,
    create: async () => {
      const file = join(folder, `${crypto.randomUUID()}.db`)
      return { open: () => new Database(createSqliteDriver(file)), options: { client: 'sqlite', file } }
    },
  },
  {
    name: 'MariaDB (skipped where mariadbd is not installed)',
    isMissing: server === undefined,
    create: async () => {
      const { socketPath, user, password } = server!
      const options = {
        client: 'mysql',
        socketPath,
        user,
        password,
        database: await server!.createDatabase(),
      } as const
      return { open: () => new Database(createMysqlDriver(options)), options }
    },
  },
]

async function tablesOf(database: Database): Promise<string[]> {
  const text =
    database.kind === 'sqlite'
      ? `SELECT name AS name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`
      : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name'
  const rows = await database.read((session) => session.all(sql(text)))
  return rows.map((row) => String(row['name']))
}

const addTable = (name: string): Migration => ({
  name,
  async up(schema) {
    await schema.createTable(`t_${name}`, (table) => table.integer('id').primary())
    await schema.createIndex({ table: `t_${name}`, columns: ['id'], unique: true })
  },
})

describe.each(DATABASES)('Migrations on $name', ({ isMissing, create }) => {
  test.skipIf(isMissing)('run once each, in order, and again when there are more', async () => {
    const { open } = await create()
    const database = open()
    const ran: string[] = []
    const counted = (migration: Migration): Migration => ({
      name: migration.name,
      up(schema) {
        ran.push(migration.name)
        return migration.up(schema)
      },
    })
    const [one, two, three] = ['1', '2', '3'].map((name) => counted(addTable(name)))
    if (one === undefined || two === undefined || three === undefined) throw new Error('There are three.')
    await migrate(database, [one, two])
    await migrate(database, [one, two])
    await migrate(database, [one, two, three])
    expect(ran).toEqual(['1', '2', '3'])
    expect(await tablesOf(database)).toEqual(['pinion_migrations', 't_1', 't_2', 't_3'])
    await database.close()
  })

  test.skipIf(isMissing)('that fail say which and why, and the next start goes on', async () => {
    const { open } = await create()
    const database = open()
    let isBroken = true
    const sometimes: Migration = {
      name: '2',
      async up(schema) {
        await schema.createTable('half', (table) => table.integer('id').primary())
        if (isBroken) await schema.createIndex({ table: 'half', columns: ['no_such_column'] })
        await schema.createTable('whole', (table) => table.integer('id').primary())
      },
    }
    await expect(migrate(database, [addTable('1'), sometimes])).rejects.toMatchObject({
      code: 'STORE_MIGRATION_FAILED',
      message: expect.stringMatching(/"2".*no_such_column/),
      hint: expect.any(String),
    })
    expect(await tablesOf(database)).not.toContain('whole')
    isBroken = false
    await migrate(database, [addTable('1'), sometimes])
    expect(await tablesOf(database)).toEqual(expect.arrayContaining(['half', 'whole', 't_1']))
    await database.close()
  })

  test.skipIf(isMissing)('of a newer release are not touched', async () => {
    const { open } = await create()
    const database = open()
    await migrate(database, [addTable('1'), addTable('2')])
    await expect(migrate(database, [addTable('1')])).rejects.toMatchObject({
      code: 'STORE_SCHEMA_NEWER',
      message: expect.stringContaining('2'),
    })
    await database.close()
  })

  test.skipIf(isMissing)('leave the tables of another program alone', async () => {
    const { open } = await create()
    const database = open()
    await database.read((session) => session.run(sql('CREATE TABLE users (id INTEGER)')))
    await expect(migrate(database, MIGRATIONS)).rejects.toMatchObject({
      code: 'STORE_MIGRATION_FAILED',
      hint: expect.stringContaining('of its own'),
    })
    expect(await tablesOf(database)).toEqual(['users'])
    await database.close()
  })

  test.skipIf(isMissing)('of four processes that start at once are run by one', async () => {
    const { open, options } = await create()
    const door = join(import.meta.dirname, '..', 'index.ts')
    const script = `
      const { openStore } = await import(${JSON.stringify(door)})
      const store = await openStore(${JSON.stringify(options)})
      await store.ping()
      await store.close()`
    const ended = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
          stdio: ['ignore', 'ignore', 'pipe'],
        })
        const stderr: string[] = []
        child.stderr.on('data', (chunk) => stderr.push(String(chunk)))
        const [code] = await once(child, 'close')
        return { code, stderr: stderr.join('') }
      }),
    )
    for (const each of ended) expect(each).toEqual({ code: 0, stderr: '' })
    const database = open()
    const rows = await database.read((session) => session.all(sql('SELECT name FROM pinion_migrations')))
    expect(rows).toHaveLength(MIGRATIONS.length)
    await database.close()
  })

  test.skipIf(isMissing)('have names in order, each once', () => {
    const names = MIGRATIONS.map((migration) => migration.name)
    expect(names).toEqual([...new Set(names)].sort())
  })
})

describe('A file that is no database', () => {
  test.for([
    ['text', (file: string) => writeFile(file, 'this is not a database, '.repeat(100)), 'STORE_CORRUPT'],
    [
      'in a folder that is a file',
      (file: string) => writeFile(join(file, '..', 'x'), ''),
      'STORE_UNREACHABLE',
    ],
  ] as const)('(%s) is named as such', async ([kind, make, code]) => {
    const file = join(folder, `no-database-${code}`)
    await make(file)
    const database = new Database(createSqliteDriver(kind === 'text' ? file : join(folder, 'x', 'y', 'z.db')))
    await expect(migrate(database, MIGRATIONS)).rejects.toMatchObject({ code })
    await database.close()
  })

  test('locked by another process is busy, not broken', async () => {
    const file = join(folder, 'locked.db')
    const other = new BetterSqlite3(file)
    other.exec('CREATE TABLE t (id INTEGER); BEGIN EXCLUSIVE')
    const database = new Database(createSqliteDriver(file, 20))
    await expect(migrate(database, MIGRATIONS)).rejects.toMatchObject({
      code: 'STORE_BUSY',
      traits: { retryable: true },
    })
    other.close()
    await database.close()
  })
})
