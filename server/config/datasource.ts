import { join, resolve } from 'node:path'
import { CONFIG_KEYS } from './keys.ts'
import type { Datasource } from './server-config.ts'
import type { SettingReader } from './setting-reader.ts'

/** One datasource at most; none is the SQLite file in the data folder. */
export function buildDatasource(reader: SettingReader, dataDir: string): Datasource {
  const k = CONFIG_KEYS
  const embedded: Datasource = { kind: 'sqlite', path: join(dataDir, 'pinion.db') }
  const [name, ...others] = reader.names(k.datasourceUrl)
  if (name === undefined) return embedded
  for (const other of others) {
    reader.fault(k.datasourceUrl, `is one datasource too many: there is "${name}" already.`, other)
  }
  const written = reader.read(k.datasourceUrl, name)
  const username = reader.read(k.datasourceUsername, name)
  const password = reader.read(k.datasourcePassword, name)
  const maxConnections = reader.read(k.datasourcePoolSize, name)
  const address = written.replace(/^jdbc:/, '')
  const sqlite = /^sqlite:(?:\/\/)?(.+)$/.exec(address)?.[1]
  if (sqlite !== undefined) return { kind: 'sqlite', path: resolve(dataDir, sqlite) }
  const mysql = address.replace(/^(mysql|mariadb):/, 'http:')
  if (mysql !== address && URL.canParse(mysql)) {
    const { hostname, port, pathname } = new URL(mysql)
    const database = decodeURIComponent(pathname.slice(1))
    if (database !== '') {
      return {
        kind: 'mysql',
        host: hostname,
        port: Number(port) || 3306,
        database,
        username,
        password,
        maxConnections,
      }
    }
  }
  reader.fault(
    k.datasourceUrl,
    written === ''
      ? 'is missing: a datasource needs an address.'
      : 'must be mysql://host:3306/database, mariadb://… or sqlite:path; other databases are not supported.',
    name,
  )
  return embedded
}
