import type { Knex } from 'knex'
import type { ExecutionFilter, ExecutionRecord } from '../../execution/index.ts'
import type { Database } from '../database/database.ts'
import { compile } from '../database/query.ts'
import { number } from './column.ts'
import { labelDigest } from './execution-labels.ts'
import { toExecution } from './execution-row.ts'
import { whereNamespace } from './prefix.ts'

export async function searchExecutions(
  database: Database,
  filter: ExecutionFilter,
): Promise<{ readonly executions: readonly ExecutionRecord[]; readonly total: number }> {
  const page = select(database.builder, filter)
    .select('*')
    .orderBy([
      { column: 'created_at_ms', order: 'desc' },
      { column: 'execution_id', order: 'desc' },
    ])
    .limit(filter.limit)
    .offset(filter.offset)
  const count = select(database.builder, filter).count({ total: '*' })
  return database.read(async (session) => {
    const [counted] = await session.all(compile(count))
    const total = counted === undefined ? 0 : number(counted, 'total')
    if (total === 0) return { executions: [], total }
    return { executions: (await session.all(compile(page))).map(toExecution), total }
  })
}

function select(builder: Knex, filter: ExecutionFilter): Knex.QueryBuilder {
  const query = builder.from('executions').where('tenant', filter.tenant)
  if (filter.namespace !== undefined) whereNamespace(query, 'namespace', filter.namespace)
  if (filter.flowId !== undefined) query.where('flow_id', filter.flowId)
  if (filter.states !== undefined) query.whereIn('state', [...filter.states])
  if (filter.createdAfterMs !== undefined) query.where('created_at_ms', '>=', filter.createdAfterMs)
  if (filter.createdBeforeMs !== undefined) query.where('created_at_ms', '<', filter.createdBeforeMs)
  for (const [key, value] of Object.entries(filter.labels ?? {})) {
    const digest = labelDigest(filter.tenant, key, value)
    query.whereIn(
      'execution_id',
      builder.from('execution_labels').select('execution_id').where('label_digest', digest),
    )
  }
  return query
}
