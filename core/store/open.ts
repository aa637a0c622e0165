import { Database } from './database/database.ts'
import { createMysqlDriver } from './database/mysql-driver.ts'
import { sql } from './database/query.ts'
import { createSqliteDriver } from './database/sqlite-driver.ts'
import { migrate } from './migration/migrate.ts'
import { MIGRATIONS } from './migration/migrations.ts'
import type { StoreOptions } from './options.ts'
import { createApiTokenRepository } from './repository/api-token.ts'
import { createExecutionRepository } from './repository/execution.ts'
import { createFlowRepository } from './repository/flow.ts'
import { createKvRepository } from './repository/kv.ts'
import { createLogRepository } from './repository/log.ts'
import { createMetricRepository } from './repository/metric.ts'
import { createNamespaceRepository } from './repository/namespace.ts'
import { createPluginVersionRepository } from './repository/plugin-version.ts'
import { createSettingRepository } from './repository/setting.ts'
import { createUserRepository } from './repository/user.ts'
import type { Store } from './store.ts'

/**
 * Opens the database and brings its tables up to this release; any number of processes may do so at once. Values are
 * bounded, times are milliseconds since the Unix epoch, text compares by code point on every database.
 *
 * @throws StoreError `STORE_UNREACHABLE`, `STORE_MIGRATION_FAILED`, `STORE_SCHEMA_NEWER`, `STORE_CORRUPT`, `STORE_BUSY`
 * @example const store = await openStore({ client: 'sqlite', file: 'data/pinion.db' })
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const database = new Database(
    options.client === 'sqlite' ? createSqliteDriver(options.file) : createMysqlDriver(options),
  )
  try {
    await migrate(database, MIGRATIONS)
  } catch (error) {
    await database.close()
    throw error
  }
  return createStore(database)
}

/** Every repository over a database whose tables are there. @internal */
export function createStore(database: Database): Store {
  return {
    executions: createExecutionRepository(database),
    logs: createLogRepository(database),
    metrics: createMetricRepository(database),
    flows: createFlowRepository(database),
    namespaces: createNamespaceRepository(database),
    plugins: createPluginVersionRepository(database),
    users: createUserRepository(database),
    tokens: createApiTokenRepository(database),
    settings: createSettingRepository(database),
    kv: createKvRepository(database),
    async ping() {
      await database.read((session) => session.all(sql('SELECT 1')))
    },
    close: () => database.close(),
  }
}
