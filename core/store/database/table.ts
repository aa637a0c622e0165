import type { SqlValue } from './query.ts'

/**
 * A table written in bulk. Rows are arrays in the order of `columns`, the key first, then what never changes, then
 * what an update writes: an update touches no index but that of the state.
 */
export interface Table {
  readonly name: string
  readonly columns: readonly string[]
  /** How many of `columns` an update leaves alone, the key included. */
  readonly fixedColumns: number
}

export type RowValues = readonly SqlValue[]

export function insertText(table: Table, rowCount: number): string {
  const row = `(${table.columns.map(() => '?').join(', ')})`
  return `INSERT INTO ${table.name} (${table.columns.join(', ')}) VALUES ${Array(rowCount).fill(row).join(', ')}`
}

export function keyColumn(table: Table): string {
  const [key] = table.columns
  if (key === undefined) throw new Error(`The table ${table.name} has no columns.`)
  return key
}
