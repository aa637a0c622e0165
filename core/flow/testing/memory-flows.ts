import { PinionError } from '../../errors/index.ts'
import type { Namespace, NamespaceRepository } from '../../namespace/index.ts'
import type { FlowRepository, FlowRevisionRecord } from '../repository.ts'

/** Revisions in memory, by the rules of the contract; counts reads. */
export class MemoryFlows implements FlowRepository {
  readonly rows: FlowRevisionRecord[] = []
  reads = 0

  async find(tenant: string, namespace: string, flowId: string, revision?: number) {
    this.reads += 1
    const all = this.#revisions(tenant, namespace, flowId)
    if (revision !== undefined) return all.find((row) => row.revision === revision)
    const latest = all.at(-1)
    return latest?.deleted ? undefined : latest
  }

  async list(filter: Parameters<FlowRepository['list']>[0]) {
    const flows = this.#latest().filter((row) => row.tenant === filter.tenant)
    return { flows: flows.slice(filter.offset, filter.offset + filter.limit), total: flows.length }
  }

  async listRevisions(tenant: string, namespace: string, flowId: string) {
    return this.#revisions(tenant, namespace, flowId)
  }

  async addRevision(record: FlowRevisionRecord): Promise<void> {
    const latest = this.#revisions(record.tenant, record.namespace, record.flowId).at(-1)
    if (record.revision !== (latest?.revision ?? 0) + 1) {
      throw new PinionError('STORE_CONFLICT', { kind: 'user', retryable: false }, 'Another came first.')
    }
    this.rows.push(record)
  }

  async listUsers(packageName: string, version?: string) {
    return this.#latest().filter(({ lock }) =>
      Object.values(lock.entries).some(
        (entry) => entry.packageName === packageName && (version === undefined || entry.version === version),
      ),
    )
  }

  async scanLatest(): Promise<readonly FlowRevisionRecord[]> {
    return this.#latest()
  }

  #revisions(tenant: string, namespace: string, flowId: string): FlowRevisionRecord[] {
    return this.rows.filter(
      (row) => row.tenant === tenant && row.namespace === namespace && row.flowId === flowId,
    )
  }

  #latest(): FlowRevisionRecord[] {
    const latest = new Map(
      this.rows.map((row) => [JSON.stringify([row.tenant, row.namespace, row.flowId]), row]),
    )
    return [...latest.values()].filter(({ deleted }) => !deleted)
  }
}

export class MemoryNamespaces implements NamespaceRepository {
  readonly rows = new Map<string, Namespace>()

  async find(tenant: string, namespace: string) {
    return this.rows.get(`${tenant}/${namespace}`)
  }

  async list(tenant: string) {
    return [...this.rows.values()].filter((row) => row.tenant === tenant)
  }

  async save(row: Namespace): Promise<void> {
    this.rows.set(`${row.tenant}/${row.namespace}`, row)
  }

  async remove(tenant: string, namespace: string): Promise<boolean> {
    return this.rows.delete(`${tenant}/${namespace}`)
  }
}
