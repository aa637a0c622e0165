import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import BetterSqlite3 from 'better-sqlite3'
import { ACQUIRE_TIMEOUT_MS, SQLITE_BUSY_TIMEOUT_MS, SQLITE_CACHE_KIB, SQLITE_WAL_BYTES } from '../limits.ts'
import type { Driver } from './driver.ts'
import { SILENT } from './knex-log.ts'
import { sql } from './query.ts'
import { sqliteError } from './sqlite-error.ts'
import { SqliteSession } from './sqlite-session.ts'

/**
 * @param file - made with its folder if it is not there
 * @param busyTimeoutMs - milliseconds that a statement waits for another process, blocking the thread
 */
export function createSqliteDriver(file: string, busyTimeoutMs = SQLITE_BUSY_TIMEOUT_MS): Driver {
  return {
    kind: 'sqlite',
    knexConfig: {
      client: 'better-sqlite3',
      connection: () => {
        mkdirSync(dirname(file), { recursive: true })
        return { filename: file }
      },
      useNullAsDefault: true,
      log: SILENT,
      acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
      pool: {
        min: 1,
        max: 1,
        afterCreate: (connection: unknown, done: (error: unknown, connection: unknown) => void) => {
          try {
            configure(asDatabase(connection), busyTimeoutMs)
            done(null, connection)
          } catch (error) {
            done(error, connection)
          }
        },
      },
    },
    // A second wait would block the thread once more: the busy timeout is all there is.
    transactionAttempts: 1,
    openSession: (connection) => new SqliteSession(asDatabase(connection)),
    async migrateAlone(session, work) {
      // DDL is transactional here: the lock that keeps others out also makes a failed migration leave nothing.
      await session.begin()
      try {
        await work()
        await session.commit()
      } catch (error) {
        await session.rollback()
        throw error
      }
    },
    async isEmpty(session) {
      return (await session.all(sql(`SELECT 1 FROM sqlite_master LIMIT 1`))).length === 0
    },
    async tableExists(session, table) {
      const query = sql(`SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`, table)
      return (await session.all(query)).length > 0
    },
    async indexExists(session, table, index) {
      const text = `SELECT 1 FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND name = ?`
      return (await session.all(sql(text, table, index))).length > 0
    },
    defineTable() {
      // Text compares by its bytes unless told otherwise: nothing to add.
    },
    toStoreError: sqliteError,
  }
}

function configure(database: BetterSqlite3.Database, busyTimeoutMs: number): void {
  // First, so that two processes that start at once wait for each other when they set the journal mode.
  database.pragma(`busy_timeout = ${busyTimeoutMs}`)
  database.pragma('journal_mode = WAL')
  // In WAL mode NORMAL would lose the last commits with the power, though never the file.
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  database.pragma(`cache_size = -${SQLITE_CACHE_KIB}`)
  database.pragma(`journal_size_limit = ${SQLITE_WAL_BYTES}`)
  database.pragma('temp_store = MEMORY')
}

function asDatabase(connection: unknown): BetterSqlite3.Database {
  if (connection instanceof BetterSqlite3) return connection
  throw new TypeError('The pool gave something that is no SQLite connection.')
}
