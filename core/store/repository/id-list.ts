import { type Row, sql } from '../database/query.ts'
import type { Session } from '../database/session.ts'
import { IDS_PER_QUERY } from '../limits.ts'

/**
 * Rows by many ids. The lists are filled up to powers of two with their last id, so that any number of ids needs but a
 * few prepared statements.
 *
 * @param select - ends before the list, such as `SELECT … WHERE execution_id IN`
 */
export async function selectByIds(session: Session, select: string, ids: readonly string[]): Promise<Row[]> {
  const rows: Row[] = []
  for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
    const part = ids.slice(start, start + IDS_PER_QUERY)
    const size = 2 ** Math.ceil(Math.log2(part.length))
    const values = Array.from({ length: size }, (_, index) => part[Math.min(index, part.length - 1)] ?? null)
    const marks = Array(size).fill('?').join(', ')
    for (const row of await session.all(sql(`${select} (${marks})`, ...values))) rows.push(row)
  }
  return rows
}
