import type BetterSqlite3 from 'better-sqlite3'
import { SQLITE_ROWS_PER_STATEMENT, SQLITE_STATEMENTS } from '../limits.ts'
import type { Query, Row, SqlValue } from './query.ts'
import type { TransactionSession } from './session.ts'
import { sqliteError } from './sqlite-error.ts'
import { StatementCache } from './statement-cache.ts'
import { insertText, keyColumn, type RowValues, type Table } from './table.ts'

/** Runs on the thread: the promises are settled when they are returned. */
export class SqliteSession implements TransactionSession {
  readonly #database: BetterSqlite3.Database
  readonly #statements: StatementCache

  constructor(database: BetterSqlite3.Database) {
    this.#database = database
    this.#statements = new StatementCache(database, SQLITE_STATEMENTS)
  }

  async all(query: Query): Promise<readonly Row[]> {
    return this.#guard(() => this.#statements.get(query.text).all(...query.values))
  }

  async run(query: Query): Promise<number> {
    return this.#guard(() => this.#statements.get(query.text).run(...query.values).changes)
  }

  async insertRows(table: Table, rows: readonly RowValues[]): Promise<void> {
    this.#guard(() => {
      // By powers of two, so that any number of rows needs but a few statements, each prepared once.
      let size = SQLITE_ROWS_PER_STATEMENT
      for (let start = 0; start < rows.length; start += size) {
        while (size > rows.length - start) size /= 2
        const values: SqlValue[] = rows.slice(start, start + size).flat()
        this.#statements.get(insertTextOf(table, size)).run(...values)
      }
    })
  }

  // Row by row: an upsert of many rows took three times as long (66,000 to 122,000 rows/s against 273,000).
  async updateRows(table: Table, rows: readonly RowValues[]): Promise<number> {
    return this.#guard(() => {
      const statement = this.#statements.get(updateTextOf(table))
      let matched = 0
      for (const [key = null, ...values] of rows) {
        matched += statement.run(...values.slice(table.fixedColumns - 1), key).changes
      }
      return matched
    })
  }

  // IMMEDIATE: a deferred transaction that turns to writing fails at once when another process wrote meanwhile.
  async begin(): Promise<void> {
    this.#guard(() => this.#statements.get('BEGIN IMMEDIATE').run())
  }

  async commit(): Promise<void> {
    this.#guard(() => this.#statements.get('COMMIT').run())
  }

  async rollback(): Promise<void> {
    // A full disk or an I/O error has rolled back already.
    if (this.#database.inTransaction) this.#statements.get('ROLLBACK').run()
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw sqliteError(error)
    }
  }
}

const insertTexts = new Map<string, string>()

function insertTextOf(table: Table, rowCount: number): string {
  const id = `${table.name}:${rowCount}`
  const known = insertTexts.get(id)
  if (known !== undefined) return known
  const text = insertText(table, rowCount)
  insertTexts.set(id, text)
  return text
}

const updateTexts = new WeakMap<Table, string>()

function updateTextOf(table: Table): string {
  const known = updateTexts.get(table)
  if (known !== undefined) return known
  const changes = table.columns.slice(table.fixedColumns).map((column) => `${column} = ?`)
  const text = `UPDATE ${table.name} SET ${changes.join(', ')} WHERE ${keyColumn(table)} = ?`
  updateTexts.set(table, text)
  return text
}
