import type { FlowRepository, FlowRevisionRecord } from '../../flow/index.ts'
import type { Database } from '../database/database.ts'
import { compile, sql } from '../database/query.ts'
import type { Session } from '../database/session.ts'
import { isStoreError, StoreError } from '../errors.ts'
import { whereAfter } from './after-key.ts'
import { number } from './column.ts'
import { whereContains } from './contains.ts'
import { FLOW_LOCKS, FLOW_REVISIONS, flowLockValues, flowRevisionValues, toFlowRevision } from './flow-row.ts'
import { whereNamespace } from './prefix.ts'

const FLOW_KEY = ['r.tenant', 'r.namespace', 'r.flow_id'] as const

/** `f` the flow, `r` its latest revision. */
const LATEST = `flows f JOIN flow_revisions r ON r.tenant = f.tenant AND r.namespace = f.namespace
  AND r.flow_id = f.flow_id AND r.revision = f.latest_revision`

export function createFlowRepository(database: Database): FlowRepository {
  const { builder } = database
  const latest = () => builder.from(builder.raw(LATEST)).where('f.deleted', 0)

  return {
    async find(tenant, namespace, flowId, revision) {
      const query =
        revision === undefined
          ? sql(
              `SELECT r.* FROM ${LATEST} WHERE f.tenant = ? AND f.namespace = ? AND f.flow_id = ? AND f.deleted = 0`,
              tenant,
              namespace,
              flowId,
            )
          : sql(
              'SELECT * FROM flow_revisions WHERE tenant = ? AND namespace = ? AND flow_id = ? AND revision = ?',
              tenant,
              namespace,
              flowId,
              revision,
            )
      const [row] = await database.read((session) => session.all(query))
      return row === undefined ? undefined : toFlowRevision(row)
    },

    async list(filter) {
      const select = () => {
        const query = builder.from(builder.raw(LATEST)).where({ 'f.tenant': filter.tenant, 'f.deleted': 0 })
        if (filter.namespace !== undefined) whereNamespace(query, 'f.namespace', filter.namespace)
        if (filter.text !== undefined && filter.text !== '')
          whereContains(query, ['f.namespace', 'f.flow_id'], filter.text)
        return query
      }
      const count = compile(select().count({ total: '*' }))
      const page = compile(
        select()
          .select('r.*')
          .orderBy(['f.namespace', 'f.flow_id'])
          .limit(filter.limit)
          .offset(filter.offset),
      )
      return database.read(async (session) => {
        const [counted] = await session.all(count)
        const flows = (await session.all(page)).map(toFlowRevision)
        return { flows, total: counted === undefined ? 0 : number(counted, 'total') }
      })
    },

    async listRevisions(tenant, namespace, flowId) {
      const text =
        'SELECT * FROM flow_revisions WHERE tenant = ? AND namespace = ? AND flow_id = ? ORDER BY revision'
      const rows = await database.read((session) => session.all(sql(text, tenant, namespace, flowId)))
      return rows.map(toFlowRevision)
    },

    async addRevision(record) {
      const revision = flowRevisionValues(record)
      await database.write(async (session) => {
        await advance(session, record)
        await session.insertRows(FLOW_REVISIONS, [revision])
        await session.insertRows(FLOW_LOCKS, flowLockValues(record))
      })
    },

    async listUsers(packageName, version) {
      const locks = builder
        .from('flow_locks')
        .distinct('tenant', 'namespace', 'flow_id', 'revision')
        .where('package_name', packageName)
      if (version !== undefined) locks.where('version', version)
      const query = builder
        .from(locks.as('l'))
        .join('flows as f', {
          'f.tenant': 'l.tenant',
          'f.namespace': 'l.namespace',
          'f.flow_id': 'l.flow_id',
          'f.latest_revision': 'l.revision',
        })
        .join('flow_revisions as r', {
          'r.tenant': 'l.tenant',
          'r.namespace': 'l.namespace',
          'r.flow_id': 'l.flow_id',
          'r.revision': 'l.revision',
        })
        .where('f.deleted', 0)
        .select('r.*')
        .orderBy([...FLOW_KEY])
      return (await database.read((session) => session.all(compile(query)))).map(toFlowRevision)
    },

    async scanLatest(after, limit) {
      const query = latest()
      if (after !== undefined) {
        const key = ['f.tenant', 'f.namespace', 'f.flow_id']
        whereAfter(query, database.kind, key, [after.tenant, after.namespace, after.flowId])
      }
      query.select('r.*').orderBy(['f.tenant', 'f.namespace', 'f.flow_id']).limit(limit)
      return (await database.read((session) => session.all(compile(query)))).map(toFlowRevision)
    },
  }
}

/** Compare and set: of two savers that saw the same latest revision, one gets `STORE_CONFLICT`. */
async function advance(session: Session, record: FlowRevisionRecord): Promise<void> {
  const { tenant, namespace, flowId, revision } = record
  const deleted = record.deleted ? 1 : 0
  if (revision > 1) {
    const query = sql(
      `UPDATE flows SET latest_revision = ?, deleted = ?
        WHERE tenant = ? AND namespace = ? AND flow_id = ? AND latest_revision = ?`,
      revision,
      deleted,
      tenant,
      namespace,
      flowId,
      revision - 1,
    )
    if ((await session.run(query)) === 0) throw overtaken(record)
    return
  }
  const text =
    'INSERT INTO flows (tenant, namespace, flow_id, latest_revision, deleted) VALUES (?, ?, ?, ?, ?)'
  try {
    await session.run(sql(text, tenant, namespace, flowId, revision, deleted))
  } catch (error) {
    throw isStoreError(error, 'STORE_CONFLICT') ? overtaken(record, error) : error
  }
}

function overtaken(record: FlowRevisionRecord, cause?: unknown): StoreError {
  const name = `${record.namespace}.${record.flowId}`
  return new StoreError(
    'STORE_CONFLICT',
    `Revision ${record.revision} of the flow ${name} does not follow its latest revision: another change came first.`,
    { cause, hint: 'Load the flow again and repeat the change on it.' },
  )
}
