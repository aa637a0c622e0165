import type { ExecutionChanges, ExecutionRecord, TaskRunRecord } from '../../execution/index.ts'
import type { Database } from '../database/database.ts'
import { sql } from '../database/query.ts'
import type { Session } from '../database/session.ts'
import type { RowValues } from '../database/table.ts'
import { isStoreError, StoreError } from '../errors.ts'
import { text } from './column.ts'
import { insertLabels, removeLabels } from './execution-labels.ts'
import { EXECUTIONS, executionValues } from './execution-row.ts'
import { selectByIds } from './id-list.ts'
import { TASK_RUNS, taskRunValues } from './task-run-row.ts'

/** Ids that a message names before it only counts. */
const NAMED_IDS = 5

/** Writes what the executor decided: the hot path. Encoded before the transaction starts, so that it holds no lock meanwhile. */
export class ExecutionCommit {
  readonly #database: Database
  // A connection that breaks while it commits leaves it open whether it did. The same changes given again are then
  // not taken for a duplicate of themselves.
  readonly #uncertain = new WeakSet<ExecutionChanges>()

  constructor(database: Database) {
    this.#database = database
  }

  async commit(changes: ExecutionChanges): Promise<void> {
    const rows = encode(changes)
    if (rows.isEmpty) return
    try {
      await this.#database.write((session) => write(session, changes, rows))
    } catch (error) {
      if (isStoreError(error, 'STORE_UNREACHABLE')) this.#uncertain.add(changes)
      const isRepeated = isStoreError(error, 'STORE_CONFLICT') && this.#uncertain.has(changes)
      if (!isRepeated || !(await this.#database.read((session) => isThere(session, changes)))) throw error
    }
  }
}

interface EncodedChanges {
  readonly isEmpty: boolean
  readonly insertedExecutions: readonly RowValues[]
  readonly updatedExecutions: readonly RowValues[]
  readonly insertedTaskRuns: readonly RowValues[]
  readonly updatedTaskRuns: readonly RowValues[]
}

function encode(changes: ExecutionChanges): EncodedChanges {
  const insertedExecutions = changes.insertedExecutions.map(executionValues)
  const updatedExecutions = changes.updatedExecutions.map(executionValues)
  const insertedTaskRuns = changes.insertedTaskRuns.map(taskRunValues)
  const updatedTaskRuns = changes.updatedTaskRuns.map(taskRunValues)
  const count =
    insertedExecutions.length + updatedExecutions.length + insertedTaskRuns.length + updatedTaskRuns.length
  return { isEmpty: count === 0, insertedExecutions, updatedExecutions, insertedTaskRuns, updatedTaskRuns }
}

async function write(session: Session, changes: ExecutionChanges, rows: EncodedChanges): Promise<void> {
  await session.insertRows(EXECUTIONS, rows.insertedExecutions)
  await insertLabels(session, changes.insertedExecutions)
  await session.insertRows(TASK_RUNS, rows.insertedTaskRuns)
  await updateExecutions(session, changes.updatedExecutions, rows.updatedExecutions)
  await updateTaskRuns(session, changes.updatedTaskRuns, rows.updatedTaskRuns)
}

async function updateExecutions(
  session: Session,
  executions: readonly ExecutionRecord[],
  rows: readonly RowValues[],
): Promise<void> {
  if (rows.length === 0) return
  const select = 'SELECT execution_id, labels FROM executions WHERE execution_id IN'
  const ids = executions.map((execution) => execution.executionId)
  const stored = new Map<string, string>()
  for (const row of await selectByIds(session, select, ids)) {
    stored.set(text(row, 'execution_id'), text(row, 'labels'))
  }
  const missing = ids.filter((id) => !stored.has(id))
  if (missing.length > 0) throw gone('executions', missing)
  await session.updateRows(EXECUTIONS, rows)
  const relabelled = executions.filter(
    ({ executionId, labels }) => stored.get(executionId) !== JSON.stringify(labels),
  )
  for (const { executionId } of relabelled) await removeLabels(session, executionId)
  await insertLabels(session, relabelled)
}

async function updateTaskRuns(
  session: Session,
  runs: readonly TaskRunRecord[],
  rows: readonly RowValues[],
): Promise<void> {
  if (rows.length === 0 || (await session.updateRows(TASK_RUNS, rows)) === rows.length) return
  const ids = runs.map((run) => run.taskRunId)
  const select = 'SELECT task_run_id FROM task_runs WHERE task_run_id IN'
  const there = new Set((await selectByIds(session, select, ids)).map((row) => text(row, 'task_run_id')))
  const missing = ids.filter((id) => !there.has(id))
  if (missing.length > 0) throw gone('task runs', missing)
}

function gone(what: string, ids: readonly string[]): StoreError {
  const more = ids.length > NAMED_IDS ? ` and ${ids.length - NAMED_IDS} more` : ''
  return new StoreError(
    'STORE_CONFLICT',
    `There are no ${what} ${ids.slice(0, NAMED_IDS).join(', ')}${more} to update; nothing was written.`,
    { hint: 'They were removed, or never inserted.' },
  )
}

/** Whether these insertions happened. They came in one transaction: the first row stands for all. */
async function isThere(session: Session, changes: ExecutionChanges): Promise<boolean> {
  const [execution] = changes.insertedExecutions
  if (execution !== undefined) {
    const query = sql('SELECT 1 FROM executions WHERE execution_id = ?', execution.executionId)
    return (await session.all(query)).length > 0
  }
  const [run] = changes.insertedTaskRuns
  if (run === undefined) return false
  return (await session.all(sql('SELECT 1 FROM task_runs WHERE task_run_id = ?', run.taskRunId))).length > 0
}
