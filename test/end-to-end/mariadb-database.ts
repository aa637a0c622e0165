import type { SharedDatabase } from '@pinion/tools/demo'
import type { MariadbServer } from '../services/index.ts'

/** A new, empty database for a server of a test. */
export async function newDatabase(mariadb: MariadbServer): Promise<SharedDatabase> {
  const { port, user, password } = mariadb
  return { host: '127.0.0.1', port, user, password, database: await mariadb.createDatabase() }
}
