import { StoreError } from '../errors.ts'

const CONFLICTS = new Set(['ER_DUP_ENTRY', 'ER_NO_REFERENCED_ROW_2', 'ER_ROW_IS_REFERENCED_2'])
const BUSY = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', 'ER_XA_RBDEADLOCK'])
const TOO_LARGE = new Set([
  'ER_DATA_TOO_LONG',
  'ER_NET_PACKET_TOO_LARGE',
  'ER_TOO_LONG_KEY',
  'ER_TOO_BIG_ROWSIZE',
])
const REFUSED = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_HOST_NOT_PRIVILEGED',
  'ER_NOT_SUPPORTED_AUTH_MODE',
])
const DOWN = new Set([
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
])

/** @see https://mariadb.com/kb/en/mariadb-error-codes/ */
export function mysqlError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const code = codeOf(error)
  const cause = { cause: error }
  const detail = error instanceof Error && error.message !== '' ? error.message : code
  if (CONFLICTS.has(code)) {
    return new StoreError('STORE_CONFLICT', `The row clashes with one that is there (${detail}).`, cause)
  }
  if (BUSY.has(code)) {
    return new StoreError('STORE_BUSY', `The database is contended (${detail}).`, {
      ...cause,
      hint: 'Try again; if it lasts, look for a long transaction of another program.',
    })
  }
  if (TOO_LARGE.has(code)) {
    return new StoreError(
      'STORE_VALUE_TOO_LARGE',
      `The value is larger than the database takes (${detail}).`,
      {
        ...cause,
        hint: 'If a packet is too large, set max_allowed_packet to 16 MiB or more.',
      },
    )
  }
  if (REFUSED.has(code)) {
    return new StoreError('STORE_UNREACHABLE', `The database refuses the connection (${detail}).`, {
      ...cause,
      hint: 'Check user, password and database name, and that the user may use the database.',
    })
  }
  if (error instanceof Error && error.name === 'KnexTimeoutError') {
    return new StoreError('STORE_UNREACHABLE', 'No connection to the database became free in time.', {
      ...cause,
      hint: 'Check that the server answers; if it does, allow more connections (poolSize).',
    })
  }
  if (DOWN.has(code) || isConnectionLoss(error, code)) {
    return new StoreError('STORE_UNREACHABLE', `The database does not answer (${detail}).`, {
      ...cause,
      hint: 'Check that the server runs, is reachable from here and accepts more connections.',
    })
  }
  if (detail === 'aborted') return new StoreError('STORE_CLOSED', 'The store is closed.', cause)
  return new StoreError('STORE_QUERY_FAILED', `The database refused a statement (${detail}).`, cause)
}

/** Whether the connection may not be used again. */
export function isConnectionLoss(error: unknown, code = codeOf(error)): boolean {
  if (error instanceof Error && 'fatal' in error && error.fatal === true) return true
  return code.startsWith('PROTOCOL_') || /^E[A-Z]+$/.test(code) || code === 'HANDSHAKE_NO_SSL_SUPPORT'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
