import { hash } from 'node:crypto'
import type { ExecutionRecord } from '../../execution/index.ts'
import { sql } from '../database/query.ts'
import type { Session } from '../database/session.ts'
import type { RowValues, Table } from '../database/table.ts'

const EXECUTION_LABELS: Table = {
  name: 'execution_labels',
  columns: ['label_digest', 'execution_id'],
  fixedColumns: 2,
}

/** 128 bits: what an index holds of a label, however long it is. */
export function labelDigest(tenant: string, key: string, value: string): string {
  return hash('sha256', JSON.stringify([tenant, key, value]), 'hex').slice(0, 32)
}

export async function insertLabels(session: Session, executions: readonly ExecutionRecord[]): Promise<void> {
  const rows: RowValues[] = []
  for (const { tenant, executionId, labels } of executions) {
    const digests = new Set(labels.map(({ key, value }) => labelDigest(tenant, key, value)))
    for (const digest of digests) rows.push([digest, executionId])
  }
  await session.insertRows(EXECUTION_LABELS, rows)
}

export async function removeLabels(session: Session, executionId: string): Promise<void> {
  await session.run(sql('DELETE FROM execution_labels WHERE execution_id = ?', executionId))
}
