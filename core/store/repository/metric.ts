import type { MetricRecord, MetricRepository } from '../../execution/index.ts'
import type { Database } from '../database/database.ts'
import { compile, type Row } from '../database/query.ts'
import type { RowValues, Table } from '../database/table.ts'
import { MAX_NAME_CHARS } from '../limits.ts'
import { boundedJson, boundedKey } from './bounds.ts'
import { json, number, oneOf, text } from './column.ts'
import { METRIC_TYPES } from './known-words.ts'

const METRICS: Table = {
  name: 'metrics',
  columns: [
    'execution_id',
    'tenant',
    'namespace',
    'flow_id',
    'task_id',
    'task_run_id',
    'name',
    'type',
    'value',
    'tags',
    'timestamp_ms',
  ],
  fixedColumns: 11,
}

export function createMetricRepository(database: Database): MetricRepository {
  return {
    async append(metrics) {
      if (metrics.length === 0) return
      const rows = metrics.map(metricValues)
      await database.write((session) => session.insertRows(METRICS, rows))
    },

    async list(filter) {
      const query = database.builder
        .from('metrics')
        .select('*')
        .where({ execution_id: filter.executionId, tenant: filter.tenant })
      if (filter.taskRunId !== undefined) query.where('task_run_id', filter.taskRunId)
      query.orderBy(['timestamp_ms', 'metric_id']).limit(filter.limit).offset(filter.offset)
      return (await database.read((session) => session.all(compile(query)))).map(toMetric)
    },
  }
}

function metricValues(metric: MetricRecord): RowValues {
  return [
    metric.executionId,
    metric.tenant,
    metric.namespace,
    metric.flowId,
    metric.taskId,
    metric.taskRunId,
    boundedKey(metric.name, MAX_NAME_CHARS, 'metric name'),
    metric.type,
    metric.value,
    boundedJson(metric.tags, `tags of the metric ${metric.name}`),
    metric.timestampMs,
  ]
}

function toMetric(row: Row): MetricRecord {
  return {
    tenant: text(row, 'tenant'),
    executionId: text(row, 'execution_id'),
    namespace: text(row, 'namespace'),
    flowId: text(row, 'flow_id'),
    taskId: text(row, 'task_id'),
    taskRunId: text(row, 'task_run_id'),
    name: text(row, 'name'),
    type: oneOf(row, 'type', METRIC_TYPES),
    value: number(row, 'value'),
    tags: json(row, 'tags'),
    timestampMs: number(row, 'timestamp_ms'),
  }
}
