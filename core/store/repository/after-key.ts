import type { Knex } from 'knex'
import type { DatabaseKind } from '../database/driver.ts'

/**
 * Rows whose key comes after one, column by column. SQLite finds a row value by index and is slow with the ORs that
 * say the same; MySQL is the other way round.
 */
export function whereAfter(
  query: Knex.QueryBuilder,
  kind: DatabaseKind,
  columns: readonly string[],
  values: readonly string[],
): void {
  if (kind === 'sqlite') {
    const marks = (mark: string): string => `(${columns.map(() => mark).join(', ')})`
    query.whereRaw(`${marks('??')} > ${marks('?')}`, [...columns, ...values])
    return
  }
  query.where((any) => {
    for (const [index, column] of columns.entries()) {
      any.orWhere((all) => {
        for (const [before, equal] of columns.slice(0, index).entries())
          all.where(equal, values[before] ?? '')
        all.where(column, '>', values[index] ?? '')
      })
    }
  })
}
