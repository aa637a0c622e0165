import type { Database } from '../database/database.ts'
import { sql } from '../database/query.ts'
import type { TransactionSession } from '../database/session.ts'
import { isStoreError, StoreError } from '../errors.ts'
import type { Migration } from './migration.ts'
import { createSchemaChange } from './schema-change.ts'

/** Which migrations have run. Made before any other table. */
const HISTORY = 'pinion_migrations'

/**
 * Brings the tables up to the last of `migrations`. Any number of processes may start at once: one migrates, the
 * others wait. On SQLite a failure leaves nothing behind; on MySQL, where DDL commits by itself, the next start goes on.
 *
 * @throws StoreError `STORE_MIGRATION_FAILED`, `STORE_SCHEMA_NEWER`, `STORE_UNREACHABLE`, `STORE_BUSY`
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  await database.hold(async (session) => {
    if (isComplete(await loadHistory(database, session), migrations)) return
    await database.driver.migrateAlone(session, async () => {
      const done = await loadHistory(database, session)
      if (done.size === 0) await assertOurs(database, session)
      for (const migration of migrations) {
        if (!done.has(migration.name)) await run(database, session, migration)
      }
    })
  })
}

async function loadHistory(database: Database, session: TransactionSession): Promise<ReadonlySet<string>> {
  if (!(await database.driver.tableExists(session, HISTORY))) return new Set()
  const rows = await session.all(sql(`SELECT name FROM ${HISTORY}`))
  return new Set(rows.map((row) => String(row['name'])))
}

function isComplete(done: ReadonlySet<string>, migrations: readonly Migration[]): boolean {
  const known = new Set(migrations.map((migration) => migration.name))
  const newer = [...done].filter((name) => !known.has(name))
  if (newer.length > 0) {
    throw new StoreError(
      'STORE_SCHEMA_NEWER',
      `The database was written by a newer release: it has ${newer.join(', ')}, which this one does not know.`,
      { hint: 'Start the newer release, or restore a backup from before the upgrade.' },
    )
  }
  return done.size === known.size
}

/** A database that has tables but no history of ours belongs to another program: nothing of it is touched. */
async function assertOurs(database: Database, session: TransactionSession): Promise<void> {
  const { driver } = database
  if ((await driver.tableExists(session, HISTORY)) || (await driver.isEmpty(session))) return
  throw new StoreError('STORE_MIGRATION_FAILED', 'The database already has tables that are not ours.', {
    hint: 'Give Pinion an empty database of its own.',
  })
}

async function run(database: Database, session: TransactionSession, migration: Migration): Promise<void> {
  const schema = createSchemaChange(database, session)
  try {
    await schema.createTable(HISTORY, (table) => {
      table.string('name', 100).notNullable().primary()
      table.bigInteger('applied_at_ms').notNullable()
    })
    await migration.up(schema)
    await session.run(
      sql(`INSERT INTO ${HISTORY} (name, applied_at_ms) VALUES (?, ?)`, migration.name, Date.now()),
    )
  } catch (error) {
    if (isStoreError(error, 'STORE_UNREACHABLE') || isStoreError(error, 'STORE_BUSY')) throw error
    throw new StoreError(
      'STORE_MIGRATION_FAILED',
      `The migration "${migration.name}" failed: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
        hint: "Nothing was lost. Remove what the message names (another program's table, a missing right), then start again.",
      },
    )
  }
}
