import type { Knex } from 'knex'
import type { Connection, QueryResult } from 'mysql2'
import { StoreError } from '../errors.ts'
import {
  ACQUIRE_TIMEOUT_MS,
  MIGRATION_LOCK_ATTEMPTS,
  MYSQL_CONNECT_TIMEOUT_MS,
  MYSQL_LOCK_WAIT_SECONDS,
  MYSQL_POOL_SIZE,
  MYSQL_QUERY_TIMEOUT_MS,
  MYSQL_TRANSACTION_ATTEMPTS,
} from '../limits.ts'
import type { MysqlOptions } from '../options.ts'
import type { Driver } from './driver.ts'
import { SILENT } from './knex-log.ts'
import { mysqlError } from './mysql-error.ts'
import { MysqlSession } from './mysql-session.ts'
import { sql } from './query.ts'
import type { Session } from './session.ts'

/** MySQL 8 and MariaDB 10.6 or later. */
export function createMysqlDriver(options: MysqlOptions): Driver {
  const queryTimeoutMs = options.queryTimeoutMs ?? MYSQL_QUERY_TIMEOUT_MS
  // Learnt from the first connection; tables are defined on one, so it is known by then.
  let collation = 'utf8mb4_bin'
  return {
    kind: 'mysql',
    knexConfig: {
      client: 'mysql2',
      connection: connectionSettings(options, queryTimeoutMs),
      log: SILENT,
      acquireConnectionTimeout: Math.min(ACQUIRE_TIMEOUT_MS, queryTimeoutMs),
      pool: {
        min: 0,
        max: options.poolSize ?? MYSQL_POOL_SIZE,
        afterCreate: (connection: Connection, done: (error: unknown, connection: Connection) => void) => {
          configure(connection, queryTimeoutMs).then(
            (found) => {
              collation = found
              done(null, connection)
            },
            (error: unknown) => {
              connection.destroy()
              done(error, connection)
            },
          )
        },
      },
    },
    transactionAttempts: MYSQL_TRANSACTION_ATTEMPTS,
    openSession: (connection) => new MysqlSession(asConnection(connection), queryTimeoutMs),
    async migrateAlone(session, work) {
      // DDL commits by itself here, so a named lock keeps other processes out and each step can be repeated.
      await lockMigrations(session)
      try {
        await work()
      } finally {
        await session.all(sql(`SELECT RELEASE_LOCK(${MIGRATION_LOCK})`))
      }
    },
    async isEmpty(session) {
      const text = 'SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() LIMIT 1'
      return (await session.all(sql(text))).length === 0
    },
    async tableExists(session, table) {
      const text =
        'SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?'
      return (await session.all(sql(text, table))).length > 0
    },
    async indexExists(session, table, index) {
      const text = `SELECT 1 FROM information_schema.statistics
        WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ? LIMIT 1`
      return (await session.all(sql(text, table, index))).length > 0
    },
    defineTable(table: Knex.CreateTableBuilder) {
      table.engine('InnoDB')
      table.charset('utf8mb4')
      table.collate(collation)
    },
    toStoreError: mysqlError,
  }
}

// Named after the database, because the lock is the server's; hashed, because a lock's name has 64 characters.
const MIGRATION_LOCK = `CONCAT('pinion-migrate-', LEFT(SHA2(DATABASE(), 256), 40))`

async function lockMigrations(session: Session): Promise<void> {
  for (let attempt = 0; attempt < MIGRATION_LOCK_ATTEMPTS; attempt++) {
    const [row] = await session.all(sql(`SELECT GET_LOCK(${MIGRATION_LOCK}, 5) AS taken`))
    if (row?.['taken'] === 1) return
  }
  throw new StoreError('STORE_BUSY', 'Another process has been migrating this database for minutes.', {
    hint: 'Wait for it to end, or see what it does: SHOW PROCESSLIST.',
  })
}

function connectionSettings(options: MysqlOptions, queryTimeoutMs: number): Knex.MySql2ConnectionConfig {
  return {
    ...(options.socketPath === undefined
      ? { host: options.host ?? 'localhost', port: options.port ?? 3306 }
      : { socketPath: options.socketPath }),
    user: options.user,
    password: options.password,
    database: options.database,
    ...(options.tls === undefined ? {} : { ssl: { ...options.tls } }),
    charset: 'UTF8MB4_BIN',
    timezone: 'Z',
    // A BIGINT beyond 2^53 comes as text, never rounded.
    supportBigNumbers: true,
    connectTimeout: Math.min(MYSQL_CONNECT_TIMEOUT_MS, queryTimeoutMs),
    multipleStatements: false,
  }
}

/** @returns the collation that compares by code point and sees spaces at the end. */
async function configure(connection: Connection, timeoutMs: number): Promise<string> {
  const ask = (text: string): Promise<QueryResult> =>
    new Promise((resolve, reject) => {
      connection.query({ sql: text, timeout: timeoutMs }, (error: Error | null, result: QueryResult) =>
        error === null ? resolve(result) : reject(error),
      )
    })
  const version = JSON.stringify(await ask('SELECT VERSION() AS version'))
  const collation = version.includes('MariaDB') ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin'
  await ask(`SET NAMES utf8mb4 COLLATE ${collation}`)
  await ask(
    `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', SESSION time_zone = '+00:00', ` +
      `SESSION innodb_lock_wait_timeout = ${MYSQL_LOCK_WAIT_SECONDS}`,
  )
  // Fewer gap locks than REPEATABLE READ, hence fewer deadlocks; no transaction here reads twice.
  await ask('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
  return collation
}

function asConnection(connection: object): Connection {
  if (isConnection(connection)) return connection
  throw new TypeError('The pool gave something that is no MySQL connection.')
}

function isConnection(value: object): value is Connection {
  return 'query' in value && 'destroy' in value
}
