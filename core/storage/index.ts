export { STORAGE_ERRORS, StorageError, type StorageErrorCode } from './errors.ts'
export { createLocalStorage, type LocalStorageOptions } from './local/local-storage.ts'
export type { Storage } from './storage.ts'
export { formatStorageUri, parseStorageUri } from './uri.ts'
