import type { TaskRunRecord } from '../../execution/index.ts'
import type { Row } from '../database/query.ts'
import type { RowValues, Table } from '../database/table.ts'
import {
  MAX_ID_CHARS,
  MAX_NAME_CHARS,
  MAX_OUTPUTS_BYTES,
  MAX_TASK_ID_CHARS,
  MAX_TENANT_CHARS,
} from '../limits.ts'
import { boundedJson, boundedKey, boundedText } from './bounds.ts'
import { type Draft, json, number, oneOf, optionalNumber, optionalText, text } from './column.ts'
import { STATES } from './known-words.ts'

export const TASK_RUNS: Table = {
  name: 'task_runs',
  columns: [
    'task_run_id',
    'execution_id',
    'tenant',
    'namespace',
    'flow_id',
    'task_id',
    'parent_task_run_id',
    'position',
    'created_at_ms',
    'value',
    'iteration',
    'state',
    'histories',
    'attempts',
    'outputs',
    'plugin_package',
    'plugin_version',
    'plugin_integrity',
    'ended_at_ms',
  ],
  fixedColumns: 9,
}

export function taskRunValues(run: TaskRunRecord): RowValues {
  const of = (what: string): string => `${what} of the task run ${run.taskRunId} (task ${run.taskId})`
  return [
    boundedKey(run.taskRunId, MAX_ID_CHARS, 'task run id'),
    boundedKey(run.executionId, MAX_ID_CHARS, 'execution id'),
    boundedKey(run.tenant, MAX_TENANT_CHARS, 'tenant'),
    boundedKey(run.namespace, MAX_NAME_CHARS, 'namespace'),
    boundedKey(run.flowId, MAX_NAME_CHARS, 'flow id'),
    boundedKey(run.taskId, MAX_TASK_ID_CHARS, 'task id'),
    run.parentTaskRunId ?? null,
    run.position,
    run.createdAtMs,
    run.value === undefined ? null : boundedText(run.value, of('value')),
    run.iteration ?? null,
    run.state,
    boundedJson(run.histories, of('histories')),
    boundedJson(run.attempts, of('attempts')),
    boundedJson(run.outputs, of('outputs'), MAX_OUTPUTS_BYTES),
    run.plugin?.packageName ?? null,
    run.plugin?.version ?? null,
    run.plugin?.integrity ?? null,
    run.endedAtMs ?? null,
  ]
}

export function toTaskRun(row: Row): TaskRunRecord {
  const run: Draft<TaskRunRecord> = {
    tenant: text(row, 'tenant'),
    taskRunId: text(row, 'task_run_id'),
    executionId: text(row, 'execution_id'),
    namespace: text(row, 'namespace'),
    flowId: text(row, 'flow_id'),
    taskId: text(row, 'task_id'),
    position: number(row, 'position'),
    state: oneOf(row, 'state', STATES),
    histories: json(row, 'histories'),
    attempts: json(row, 'attempts'),
    createdAtMs: number(row, 'created_at_ms'),
  }
  const parentTaskRunId = optionalText(row, 'parent_task_run_id')
  const value = optionalText(row, 'value')
  const iteration = optionalNumber(row, 'iteration')
  const endedAtMs = optionalNumber(row, 'ended_at_ms')
  const packageName = optionalText(row, 'plugin_package')
  if (parentTaskRunId !== undefined) run.parentTaskRunId = parentTaskRunId
  if (value !== undefined) run.value = value
  if (iteration !== undefined) run.iteration = iteration
  if (endedAtMs !== undefined) run.endedAtMs = endedAtMs
  if (row['outputs'] !== null) run.outputs = json(row, 'outputs')
  if (packageName !== undefined) {
    run.plugin = {
      packageName,
      version: text(row, 'plugin_version'),
      integrity: text(row, 'plugin_integrity'),
    }
  }
  return run
}
