import type { Knex } from 'knex'

/** Any of the columns contains the text, in any case. `%` and `_` in it are ordinary characters. */
export function whereContains(query: Knex.QueryBuilder, columns: readonly string[], text: string): void {
  const pattern = `%${text.toLowerCase().replace(/[!%_]/g, '!$&')}%`
  query.where((any) => {
    // Not a backslash: MySQL reads one twice.
    for (const column of columns) any.orWhereRaw(`LOWER(??) LIKE ? ESCAPE '!'`, [column, pattern])
  })
}
