import type { ExecutionRepository } from '../../execution/index.ts'
import type { Database } from '../database/database.ts'
import { sql } from '../database/query.ts'
import { number } from './column.ts'
import { ExecutionCommit } from './execution-commit.ts'
import { removeLabels } from './execution-labels.ts'
import { toExecution } from './execution-row.ts'
import { searchExecutions } from './execution-search.ts'
import { toTaskRun } from './task-run-row.ts'

export function createExecutionRepository(database: Database): ExecutionRepository {
  const commit = new ExecutionCommit(database)
  return {
    commit: (changes) => commit.commit(changes),

    async find(tenant, executionId) {
      const text = 'SELECT * FROM executions WHERE execution_id = ? AND tenant = ?'
      const [row] = await database.read((session) => session.all(sql(text, executionId, tenant)))
      return row === undefined ? undefined : toExecution(row)
    },

    async listTaskRuns(tenant, executionId) {
      const text =
        'SELECT * FROM task_runs WHERE execution_id = ? AND tenant = ? ORDER BY position, task_run_id'
      const rows = await database.read((session) => session.all(sql(text, executionId, tenant)))
      return rows.map(toTaskRun)
    },

    async findTaskRun(tenant, taskRunId) {
      const text = 'SELECT * FROM task_runs WHERE task_run_id = ? AND tenant = ?'
      const [row] = await database.read((session) => session.all(sql(text, taskRunId, tenant)))
      return row === undefined ? undefined : toTaskRun(row)
    },

    search: (filter) => searchExecutions(database, filter),

    async scanUnfinished(afterExecutionId, limit) {
      const text = `SELECT * FROM executions WHERE is_settled = 0 AND execution_id > ?
        ORDER BY execution_id LIMIT ?`
      const rows = await database.read((session) => session.all(sql(text, afterExecutionId ?? '', limit)))
      return rows.map(toExecution)
    },

    async countUnfinishedUsing(packageName, version) {
      // From the unfinished executions, of which there are few: an index on the plugin of every task run would cost
      // each of them a write, for a question asked when a version is uninstalled.
      const query = sql(
        `SELECT COUNT(*) AS total FROM executions e WHERE e.is_settled = 0 AND (
          EXISTS (SELECT 1 FROM flow_locks l
            WHERE l.tenant = e.tenant AND l.namespace = e.namespace AND l.flow_id = e.flow_id
              AND l.revision = e.flow_revision AND l.package_name = ? AND l.version = ?)
          OR EXISTS (SELECT 1 FROM task_runs t
            WHERE t.execution_id = e.execution_id AND t.plugin_package = ? AND t.plugin_version = ?))`,
        packageName,
        version,
        packageName,
        version,
      )
      const [row] = await database.read((session) => session.all(query))
      return row === undefined ? 0 : number(row, 'total')
    },

    async remove(tenant, executionId) {
      return database.write(async (session) => {
        const text = 'DELETE FROM executions WHERE execution_id = ? AND tenant = ?'
        if ((await session.run(sql(text, executionId, tenant))) === 0) return false
        await removeLabels(session, executionId)
        for (const table of ['task_runs', 'logs', 'metrics']) {
          await session.run(sql(`DELETE FROM ${table} WHERE execution_id = ?`, executionId))
        }
        return true
      })
    },
  }
}
