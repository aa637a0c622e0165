/** A floor: answers each POST once a row for it is committed, as durably as the platform's own, and does nothing else. */
import type { AddressInfo } from 'node:net'
import BetterSqlite3 from 'better-sqlite3'
import Koa from 'koa'

const database = new BetterSqlite3(process.argv[2] ?? ':memory:')
database.pragma('journal_mode = WAL')
database.pragma('synchronous = FULL')
database.exec('CREATE TABLE executions (id INTEGER PRIMARY KEY, state TEXT NOT NULL)')
const insert = database.prepare('INSERT INTO executions (state) VALUES (?)')

const app = new Koa()
app.use((ctx) => {
  const { lastInsertRowid } = insert.run('SUCCESS')
  ctx.body = { id: Number(lastInsertRowid), state: { current: 'SUCCESS' } }
})
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ port })
})
