import type { FlowRevisionRecord } from '../../flow/index.ts'
import type { Row } from '../database/query.ts'
import type { RowValues, Table } from '../database/table.ts'
import { MAX_LARGE_DOCUMENT_BYTES, MAX_NAME_CHARS, MAX_TENANT_CHARS } from '../limits.ts'
import { boundedJson, boundedKey, boundedText } from './bounds.ts'
import { json, number, text, truth } from './column.ts'

export const FLOW_REVISIONS: Table = {
  name: 'flow_revisions',
  columns: [
    'tenant',
    'namespace',
    'flow_id',
    'revision',
    'source',
    'lock_data',
    'created_at_ms',
    'created_by',
    'deleted',
  ],
  fixedColumns: 9,
}

export const FLOW_LOCKS: Table = {
  name: 'flow_locks',
  columns: ['tenant', 'namespace', 'flow_id', 'revision', 'package_name', 'version'],
  fixedColumns: 6,
}

export function flowRevisionValues(flow: FlowRevisionRecord): RowValues {
  const of = (what: string): string => `${what} of the flow ${flow.namespace}.${flow.flowId}`
  return [
    boundedKey(flow.tenant, MAX_TENANT_CHARS, 'tenant'),
    boundedKey(flow.namespace, MAX_NAME_CHARS, 'namespace'),
    boundedKey(flow.flowId, MAX_NAME_CHARS, 'flow id'),
    flow.revision,
    boundedText(flow.source, of('source'), MAX_LARGE_DOCUMENT_BYTES),
    boundedJson(flow.lock, of('lock'), MAX_LARGE_DOCUMENT_BYTES),
    flow.createdAtMs,
    boundedKey(flow.createdBy, MAX_NAME_CHARS, 'author'),
    flow.deleted ? 1 : 0,
  ]
}

/** Each package version that the revision is locked to, once. */
export function flowLockValues(flow: FlowRevisionRecord): readonly RowValues[] {
  const used = new Map(
    Object.values(flow.lock.entries).map((entry) => [`${entry.packageName}@${entry.version}`, entry]),
  )
  return [...used.values()].map((entry) => [
    flow.tenant,
    flow.namespace,
    flow.flowId,
    flow.revision,
    entry.packageName,
    entry.version,
  ])
}

export function toFlowRevision(row: Row): FlowRevisionRecord {
  return {
    tenant: text(row, 'tenant'),
    namespace: text(row, 'namespace'),
    flowId: text(row, 'flow_id'),
    revision: number(row, 'revision'),
    source: text(row, 'source'),
    lock: json(row, 'lock_data'),
    createdAtMs: number(row, 'created_at_ms'),
    createdBy: text(row, 'created_by'),
    deleted: truth(row, 'deleted'),
  }
}
