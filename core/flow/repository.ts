import type { FlowLock } from './lock.ts'

/** One saved revision of a flow. `source` is the YAML as written; everything else is derived from it once. */
export interface FlowRevisionRecord {
  readonly tenant: string
  readonly namespace: string
  readonly flowId: string
  /** 1-based, grows by one with each change. */
  readonly revision: number
  readonly source: string
  readonly lock: FlowLock
  readonly createdAtMs: number
  readonly createdBy: string
  readonly deleted: boolean
}

/** Kept by `core/store`. */
export interface FlowRepository {
  /** The latest revision, or a given one. A deleted flow is found only by revision. */
  find(
    tenant: string,
    namespace: string,
    flowId: string,
    revision?: number,
  ): Promise<FlowRevisionRecord | undefined>
  /** Latest revisions, not deleted, ordered by namespace and id. `namespace` also matches those below it. */
  list(filter: {
    readonly tenant: string
    readonly namespace?: string
    readonly text?: string
    readonly limit: number
    readonly offset: number
  }): Promise<{ readonly flows: readonly FlowRevisionRecord[]; readonly total: number }>
  listRevisions(tenant: string, namespace: string, flowId: string): Promise<readonly FlowRevisionRecord[]>
  /**
   * Adds a revision, if `revision` is one more than the latest.
   *
   * @throws StoreError `STORE_CONFLICT` if another came first
   */
  addRevision(record: FlowRevisionRecord): Promise<void>
  /** Latest revisions of all tenants whose lock names the package; with `version`, that version. */
  listUsers(packageName: string, version?: string): Promise<readonly FlowRevisionRecord[]>
  /** Every latest revision of every tenant, a page at a time by `after` (the last one's key). */
  scanLatest(
    after: { readonly tenant: string; readonly namespace: string; readonly flowId: string } | undefined,
    limit: number,
  ): Promise<readonly FlowRevisionRecord[]>
}
