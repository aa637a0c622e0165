/** Characters of a key column. Together they fit the 3,072 bytes that an InnoDB index may have. */
export const MAX_ID_CHARS = 64
export const MAX_TENANT_CHARS = 64
export const MAX_NAME_CHARS = 255
export const MAX_TASK_ID_CHARS = 256
export const MAX_PACKAGE_NAME_CHARS = 214
export const MAX_VERSION_CHARS = 256

/** Bytes (UTF-8) of the JSON text of the outputs of one task run or execution. Larger values belong in storage. */
export const MAX_OUTPUTS_BYTES = 1024 * 1024
/** Bytes of any other JSON document or long text: inputs, labels, histories, a flow's source, a log message. */
export const MAX_DOCUMENT_BYTES = 1024 * 1024
/**
 * Bytes of a plugin's manifest or a flow's lock. Escaped it may double, and must stay below MariaDB's default
 * `max_allowed_packet` of 16 MiB.
 */
export const MAX_LARGE_DOCUMENT_BYTES = 6 * 1024 * 1024

/** Rows of one multi-row statement: SQLite keeps one prepared statement per power of two up to this. */
export const SQLITE_ROWS_PER_STATEMENT = 64
/** Prepared statements kept; the repositories' own are about a hundred. */
export const SQLITE_STATEMENTS = 256
/** Milliseconds that a statement waits for another process. It blocks this process's thread as long. */
export const SQLITE_BUSY_TIMEOUT_MS = 5_000
/** KiB of pages held in memory. */
export const SQLITE_CACHE_KIB = 32 * 1024
/** Bytes to which the write-ahead log shrinks after a checkpoint. */
export const SQLITE_WAL_BYTES = 64 * 1024 * 1024

export const MYSQL_ROWS_PER_STATEMENT = 500
/** Characters of one multi-row statement before escaping, so that the packet stays below 16 MiB. */
export const MYSQL_STATEMENT_CHARS = 2 * 1024 * 1024
export const MYSQL_POOL_SIZE = 10
export const MYSQL_CONNECT_TIMEOUT_MS = 10_000
/** Milliseconds without an answer after which a connection is given up. */
export const MYSQL_QUERY_TIMEOUT_MS = 30_000
/** Seconds that a statement waits for a row lock. */
export const MYSQL_LOCK_WAIT_SECONDS = 10
/** How often a transaction that lost a deadlock is tried in all. */
export const MYSQL_TRANSACTION_ATTEMPTS = 6
/** Milliseconds: the longest pause before a first further attempt; it grows with each. */
export const MYSQL_BACKOFF_MS = 20
/** Times 5 seconds that a starting process waits for another's migrations. */
export const MIGRATION_LOCK_ATTEMPTS = 24

/** Milliseconds that a caller waits for a free connection. */
export const ACQUIRE_TIMEOUT_MS = 10_000
/** Ids in one `IN (…)` list. */
export const IDS_PER_QUERY = 500
