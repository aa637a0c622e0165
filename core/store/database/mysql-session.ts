import type { Connection, QueryResult, ResultSetHeader, RowDataPacket } from 'mysql2'
import { MYSQL_ROWS_PER_STATEMENT, MYSQL_STATEMENT_CHARS } from '../limits.ts'
import { isConnectionLoss, mysqlError } from './mysql-error.ts'
import type { Query, Row, SqlValue } from './query.ts'
import type { TransactionSession } from './session.ts'
import { insertText, keyColumn, type RowValues, type Table } from './table.ts'

/** One connection. A query without an answer in time gives the connection up: what comes late must not be read. */
export class MysqlSession implements TransactionSession {
  readonly #connection: Connection
  readonly #timeoutMs: number

  constructor(connection: Connection, timeoutMs: number) {
    this.#connection = connection
    this.#timeoutMs = timeoutMs
  }

  async all(query: Query): Promise<readonly Row[]> {
    return this.#query<RowDataPacket[]>(query.text, query.values)
  }

  async run(query: Query): Promise<number> {
    return (await this.#query<ResultSetHeader>(query.text, query.values)).affectedRows
  }

  async insertRows(table: Table, rows: readonly RowValues[]): Promise<void> {
    for (const part of inParts(rows)) {
      await this.#query(insertText(table, part.length), part.flat())
    }
  }

  // One round trip for many rows: MariaDB has no UPDATE … FROM (VALUES …), but joins a derived table by key.
  async updateRows(table: Table, rows: readonly RowValues[]): Promise<number> {
    let matched = 0
    for (const part of inParts(rows)) {
      const values: SqlValue[] = []
      for (const [key = null, ...rest] of part) values.push(key, ...rest.slice(table.fixedColumns - 1))
      const result = await this.#query<ResultSetHeader>(updateText(table, part.length), values)
      // Counts the rows that are there, changed or not: mysql2 asks for CLIENT_FOUND_ROWS.
      matched += result.affectedRows
    }
    return matched
  }

  async begin(): Promise<void> {
    await this.#query('START TRANSACTION', [])
  }

  async commit(): Promise<void> {
    await this.#query('COMMIT', [])
  }

  async rollback(): Promise<void> {
    try {
      await this.#query('ROLLBACK', [])
    } catch {
      this.#connection.destroy()
    }
  }

  #query<Result extends QueryResult>(text: string, values: readonly SqlValue[]): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#connection.query<Result>(
        { sql: text, values: [...values], timeout: this.#timeoutMs },
        (error: Error | null, result: Result) => {
          if (error === null) return resolve(result)
          if (isConnectionLoss(error)) this.#connection.destroy()
          reject(mysqlError(error))
        },
      )
    })
  }
}

function updateText(table: Table, rowCount: number): string {
  const key = keyColumn(table)
  const changing = table.columns.slice(table.fixedColumns)
  const first = `SELECT ${[key, ...changing].map((column) => `? AS ${column}`).join(', ')}`
  const other = ` UNION ALL SELECT ${[key, ...changing].map(() => '?').join(', ')}`
  const set = changing.map((column) => `t.${column} = v.${column}`).join(', ')
  return `UPDATE ${table.name} t JOIN (${first}${other.repeat(rowCount - 1)}) v ON t.${key} = v.${key} SET ${set}`
}

/** Parts whose statement stays below the server's packet size. */
function* inParts(rows: readonly RowValues[]): Generator<readonly RowValues[]> {
  let start = 0
  let chars = 0
  for (const [index, row] of rows.entries()) {
    let length = 0
    for (const value of row) length += typeof value === 'string' ? value.length : 8
    const isFull = index - start >= MYSQL_ROWS_PER_STATEMENT || chars + length > MYSQL_STATEMENT_CHARS
    if (isFull && index > start) {
      yield rows.slice(start, index)
      start = index
      chars = 0
    }
    chars += length
  }
  if (start < rows.length) yield rows.slice(start)
}
