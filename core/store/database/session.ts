import type { Query, Row } from './query.ts'
import type { RowValues, Table } from './table.ts'

/**
 * One connection, held by one caller at a time. Every method throws StoreError only: `STORE_CONFLICT`, `STORE_BUSY`,
 * `STORE_UNREACHABLE`, `STORE_VALUE_TOO_LARGE`, `STORE_CORRUPT`, `STORE_QUERY_FAILED`.
 */
export interface Session {
  all(query: Query): Promise<readonly Row[]>
  /** @returns how many rows it matched. */
  run(query: Query): Promise<number>
  insertRows(table: Table, rows: readonly RowValues[]): Promise<void>
  /** Writes the changing columns of rows by their key. @returns how many of them are there. */
  updateRows(table: Table, rows: readonly RowValues[]): Promise<number>
}

export interface TransactionSession extends Session {
  begin(): Promise<void>
  commit(): Promise<void>
  /** Never throws: a connection that cannot roll back is given up, and the database rolls back by itself. */
  rollback(): Promise<void>
}
