import type { LogRecord, LogRepository } from '../../execution/index.ts'
import type { Database } from '../database/database.ts'
import { compile, type Row } from '../database/query.ts'
import type { RowValues, Table } from '../database/table.ts'
import { boundedText } from './bounds.ts'
import { type Draft, number, oneOf, optionalNumber, optionalText, text } from './column.ts'
import { LOG_LEVELS } from './known-words.ts'

const LOGS: Table = {
  name: 'logs',
  columns: [
    'execution_id',
    'tenant',
    'namespace',
    'flow_id',
    'task_id',
    'task_run_id',
    'attempt',
    'level',
    'message',
    'timestamp_ms',
  ],
  fixedColumns: 10,
}

export function createLogRepository(database: Database): LogRepository {
  return {
    async append(logs) {
      if (logs.length === 0) return
      const rows = logs.map(logValues)
      await database.write((session) => session.insertRows(LOGS, rows))
    },

    async list(filter) {
      const query = database.builder
        .from('logs')
        .select('*')
        .where({ execution_id: filter.executionId, tenant: filter.tenant })
      if (filter.taskRunId !== undefined) query.where('task_run_id', filter.taskRunId)
      if (filter.taskId !== undefined) query.where('task_id', filter.taskId)
      if (filter.minLevel !== undefined) query.whereIn('level', levelsFrom(filter.minLevel))
      query.orderBy(['timestamp_ms', 'log_id']).limit(filter.limit).offset(filter.offset)
      return (await database.read((session) => session.all(compile(query)))).map(toLog)
    },
  }
}

function logValues(log: LogRecord): RowValues {
  return [
    log.executionId,
    log.tenant,
    log.namespace,
    log.flowId,
    log.taskId ?? null,
    log.taskRunId ?? null,
    log.attempt ?? null,
    log.level,
    boundedText(log.message, `log message of the execution ${log.executionId}`),
    log.timestampMs,
  ]
}

function toLog(row: Row): LogRecord {
  const log: Draft<LogRecord> = {
    tenant: text(row, 'tenant'),
    executionId: text(row, 'execution_id'),
    namespace: text(row, 'namespace'),
    flowId: text(row, 'flow_id'),
    level: oneOf(row, 'level', LOG_LEVELS),
    message: text(row, 'message'),
    timestampMs: number(row, 'timestamp_ms'),
  }
  const taskId = optionalText(row, 'task_id')
  const taskRunId = optionalText(row, 'task_run_id')
  const attempt = optionalNumber(row, 'attempt')
  if (taskId !== undefined) log.taskId = taskId
  if (taskRunId !== undefined) log.taskRunId = taskRunId
  if (attempt !== undefined) log.attempt = attempt
  return log
}

function levelsFrom(level: LogRecord['level']): string[] {
  const ascending = Object.keys(LOG_LEVELS)
  return ascending.slice(ascending.indexOf(level))
}
