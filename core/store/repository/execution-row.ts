import type { ExecutionRecord } from '../../execution/index.ts'
import type { Row } from '../database/query.ts'
import type { RowValues, Table } from '../database/table.ts'
import { MAX_ID_CHARS, MAX_NAME_CHARS, MAX_OUTPUTS_BYTES, MAX_TENANT_CHARS } from '../limits.ts'
import { boundedJson, boundedKey } from './bounds.ts'
import { type Draft, json, number, oneOf, optionalNumber, optionalText, text, truth } from './column.ts'
import { EXECUTION_KINDS, STATES } from './known-words.ts'

export const EXECUTIONS: Table = {
  name: 'executions',
  columns: [
    'execution_id',
    'tenant',
    'namespace',
    'flow_id',
    'kind',
    'parent_id',
    'original_id',
    'created_at_ms',
    'flow_revision',
    'state',
    'is_settled',
    'histories',
    'labels',
    'inputs',
    'outputs',
    'variables',
    'trigger_data',
    'error',
    'started_at_ms',
    'ended_at_ms',
  ],
  fixedColumns: 8,
}

export function executionValues(execution: ExecutionRecord): RowValues {
  const of = (what: string): string => `${what} of the execution ${execution.executionId}`
  return [
    boundedKey(execution.executionId, MAX_ID_CHARS, 'execution id'),
    boundedKey(execution.tenant, MAX_TENANT_CHARS, 'tenant'),
    boundedKey(execution.namespace, MAX_NAME_CHARS, 'namespace'),
    boundedKey(execution.flowId, MAX_NAME_CHARS, 'flow id'),
    execution.kind,
    execution.parentId ?? null,
    execution.originalId ?? null,
    execution.createdAtMs,
    execution.flowRevision,
    execution.state,
    execution.isSettled ? 1 : 0,
    boundedJson(execution.histories, of('histories')),
    boundedJson(execution.labels, of('labels')),
    boundedJson(execution.inputs, of('inputs')),
    boundedJson(execution.outputs, of('outputs'), MAX_OUTPUTS_BYTES),
    boundedJson(execution.variables, of('variables')),
    boundedJson(execution.trigger, of('trigger')),
    boundedJson(execution.error, of('error')),
    execution.startedAtMs ?? null,
    execution.endedAtMs ?? null,
  ]
}

export function toExecution(row: Row): ExecutionRecord {
  const execution: Draft<ExecutionRecord> = {
    tenant: text(row, 'tenant'),
    executionId: text(row, 'execution_id'),
    namespace: text(row, 'namespace'),
    flowId: text(row, 'flow_id'),
    flowRevision: number(row, 'flow_revision'),
    state: oneOf(row, 'state', STATES),
    histories: json(row, 'histories'),
    labels: json(row, 'labels'),
    inputs: json(row, 'inputs'),
    kind: oneOf(row, 'kind', EXECUTION_KINDS),
    isSettled: truth(row, 'is_settled'),
    createdAtMs: number(row, 'created_at_ms'),
  }
  const parentId = optionalText(row, 'parent_id')
  const originalId = optionalText(row, 'original_id')
  const startedAtMs = optionalNumber(row, 'started_at_ms')
  const endedAtMs = optionalNumber(row, 'ended_at_ms')
  if (row['outputs'] !== null) execution.outputs = json(row, 'outputs')
  if (row['variables'] !== null) execution.variables = json(row, 'variables')
  if (row['trigger_data'] !== null) execution.trigger = json(row, 'trigger_data')
  if (row['error'] !== null) execution.error = json(row, 'error')
  if (parentId !== undefined) execution.parentId = parentId
  if (originalId !== undefined) execution.originalId = originalId
  if (startedAtMs !== undefined) execution.startedAtMs = startedAtMs
  if (endedAtMs !== undefined) execution.endedAtMs = endedAtMs
  return execution
}
