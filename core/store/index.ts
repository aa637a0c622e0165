export { STORE_ERRORS, StoreError, type StoreErrorCode } from './errors.ts'
export { openStore } from './open.ts'
export type { MysqlOptions, SqliteOptions, StoreOptions, TlsOptions } from './options.ts'
export type { KvEntry, KvRepository, SettingRepository, Store } from './store.ts'
