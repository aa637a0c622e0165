import { StoreError } from '../errors.ts'

/** @see https://www.sqlite.org/rescode.html */
export function sqliteError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const code = codeOf(error)
  const cause = { cause: error }
  const detail = error instanceof Error ? error.message : String(error)
  if (code.startsWith('SQLITE_CONSTRAINT_')) {
    return /_(PRIMARYKEY|UNIQUE|FOREIGNKEY)$/.test(code)
      ? new StoreError('STORE_CONFLICT', `The row clashes with one that is there (${detail}).`, cause)
      : new StoreError('STORE_QUERY_FAILED', `The row is incomplete (${detail}).`, cause)
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new StoreError('STORE_BUSY', 'Another process keeps the database file locked.', {
      ...cause,
      hint: 'One server may use a SQLite file at a time; more need MySQL or MariaDB.',
    })
  }
  if (code === 'SQLITE_TOOBIG')
    return new StoreError('STORE_VALUE_TOO_LARGE', 'The value is too large.', cause)
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new StoreError('STORE_CORRUPT', `The file is not a whole SQLite database (${detail}).`, {
      ...cause,
      hint: 'Restore it from a backup, or move it away to start with an empty one.',
    })
  }
  if (/^SQLITE_(CANTOPEN|IOERR|FULL|READONLY|PERM|AUTH|NOLFS)/.test(code) || isFileError(code)) {
    return new StoreError('STORE_UNREACHABLE', `The database file cannot be used (${detail}).`, {
      ...cause,
      hint: 'Check that its folder exists, is writable, and that the disk has room.',
    })
  }
  if (detail.includes('database connection is not open') || detail.includes('aborted')) {
    return new StoreError('STORE_CLOSED', 'The store is closed.', cause)
  }
  if (/timeout/i.test(detail)) {
    return new StoreError('STORE_UNREACHABLE', 'The database was busy for too long.', cause)
  }
  return new StoreError('STORE_QUERY_FAILED', `The database refused a statement (${detail}).`, cause)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** As Node's file system names them: `EACCES`, `ENOSPC`, `ENOTDIR`. */
function isFileError(code: string): boolean {
  return /^E[A-Z]+$/.test(code)
}
