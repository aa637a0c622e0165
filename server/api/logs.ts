import type { ExecutionEngine, LogRecord, LogRepository, MetricRepository } from '@pinion/core/execution'
import Type from 'typebox'
import { defineRoute, json, noBody, type Route, text } from '../http/index.ts'
import { LOG_LINES } from '../limits.ts'
import { limitOf, PAGING } from './paging.ts'
import { logView, metricView } from './view/execution-view.ts'

export interface LogRoutesOptions {
  readonly engine: ExecutionEngine
  readonly logs: LogRepository
  readonly metrics: MetricRepository
}

const WHICH = {
  taskRunId: Type.Optional(Type.String()),
  taskId: Type.Optional(Type.String()),
}
const WHICH_LOGS = Type.Object({
  ...WHICH,
  minLevel: Type.Optional(Type.Enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'])),
})

/** Logs and metrics of one execution. */
export function logRoutes({ engine, logs, metrics }: LogRoutesOptions): readonly Route[] {
  async function listLogs(
    tenant: string,
    executionId: string,
    query: { taskRunId?: string; taskId?: string; minLevel?: LogRecord['level'] },
  ): Promise<readonly LogRecord[]> {
    await engine.get(tenant, executionId)
    // Logs are written in bulk: what a task said a moment ago must be in the answer.
    await engine.flush()
    return logs.list({ tenant, executionId, ...query, limit: LOG_LINES, offset: 0 })
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/logs/{executionId}',
      tag: 'Logs',
      operationId: 'listLogsFromExecution',
      summary: 'Log lines of an execution, in order.',
      role: 'viewer',
      query: WHICH_LOGS,
      body: noBody,
      handle: async ({ param, query, tenant }) =>
        json((await listLogs(tenant, param('executionId'), query)).map(logView)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/logs/{executionId}/download',
      tag: 'Logs',
      operationId: 'downloadLogsFromExecution',
      summary: 'Log lines of an execution as text.',
      role: 'viewer',
      query: WHICH_LOGS,
      body: noBody,
      handle: async ({ param, query, tenant }) => {
        const lines = await listLogs(tenant, param('executionId'), query)
        const shown = lines.map((log) => {
          const { timestamp, level, taskId, message } = logView(log)
          return `${timestamp} ${level} ${taskId === undefined ? '' : `[${taskId}] `}${message}\n`
        })
        return text(shown.join(''), 'text/plain; charset=utf-8')
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/{tenant}/metrics/{executionId}',
      tag: 'Metrics',
      operationId: 'searchByExecution',
      summary: 'Metrics that the tasks of an execution reported.',
      role: 'viewer',
      query: Type.Object({ ...PAGING, taskRunId: WHICH.taskRunId }),
      body: noBody,
      handle: async ({ param, query, tenant }) => {
        const executionId = param('executionId')
        await engine.get(tenant, executionId)
        await engine.flush()
        const which = query.taskRunId === undefined ? {} : { taskRunId: query.taskRunId }
        const all = await metrics.list({ tenant, executionId, ...which, limit: LOG_LINES, offset: 0 })
        const { limit, offset } = limitOf(query)
        return json({ results: all.slice(offset, offset + limit).map(metricView), total: all.length })
      },
    }),
  ]
}
