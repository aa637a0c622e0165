import type { Knex } from 'knex'
import type { StoreError } from '../errors.ts'
import type { Session, TransactionSession } from './session.ts'

export type DatabaseKind = 'sqlite' | 'mysql'

/** What one kind of database needs of its own. */
export interface Driver {
  readonly kind: DatabaseKind
  readonly knexConfig: Knex.Config
  /** How often a transaction that ended in `STORE_BUSY` is tried in all. */
  readonly transactionAttempts: number
  /** @param connection - as knex's pool gives it; asked once for each. */
  openSession(connection: object): TransactionSession
  /** Runs migrations so that no other process runs them meanwhile. */
  migrateAlone(session: TransactionSession, work: () => Promise<void>): Promise<void>
  /** Whether there is no table at all. */
  isEmpty(session: Session): Promise<boolean>
  tableExists(session: Session, table: string): Promise<boolean>
  indexExists(session: Session, table: string, index: string): Promise<boolean>
  /** Appended to the definition of every table. */
  defineTable(table: Knex.CreateTableBuilder): void
  toStoreError(error: unknown): StoreError
}
