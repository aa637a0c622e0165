import type { ExecutionRepository, LogRepository, MetricRepository } from '../execution/index.ts'
import type { FlowRepository } from '../flow/index.ts'
import type { ApiTokenRepository, UserRepository } from '../identity/index.ts'
import type { NamespaceRepository } from '../namespace/index.ts'
import type { PluginVersionRepository } from '../plugin/index.ts'

/** Every repository over one database: SQLite embedded, MySQL/MariaDB shared. */
export interface Store {
  readonly executions: ExecutionRepository
  readonly logs: LogRepository
  readonly metrics: MetricRepository
  readonly flows: FlowRepository
  readonly namespaces: NamespaceRepository
  readonly plugins: PluginVersionRepository
  readonly users: UserRepository
  readonly tokens: ApiTokenRepository
  readonly settings: SettingRepository
  readonly kv: KvRepository
  /** Answers when the database does. @throws StoreError `STORE_UNREACHABLE` */
  ping(): Promise<void>
  close(): Promise<void>
}

/** Small instance-wide values, such as a signing key. */
export interface SettingRepository {
  get(key: string): Promise<string | undefined>
  /** Sets it unless it is set. @returns the value that stands. */
  setOnce(key: string, value: string): Promise<string>
  set(key: string, value: string): Promise<void>
}

export interface KvEntry {
  readonly key: string
  readonly valueJson: string
  readonly updatedAtMs: number
  readonly expiresAtMs?: number
}

/** Expired entries are as good as absent. */
export interface KvRepository {
  get(tenant: string, namespace: string, key: string, nowMs: number): Promise<KvEntry | undefined>
  set(tenant: string, namespace: string, entry: KvEntry): Promise<void>
  remove(tenant: string, namespace: string, key: string): Promise<boolean>
  /** By key; `prefix` is plain text, empty for all. */
  list(tenant: string, namespace: string, prefix: string, nowMs: number): Promise<readonly KvEntry[]>
  /** Frees what has expired, of all tenants. @returns how many. */
  removeExpired(nowMs: number): Promise<number>
}
