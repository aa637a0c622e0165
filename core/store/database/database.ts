import { setTimeout as wait } from 'node:timers/promises'
import createKnex, { type Knex } from 'knex'
import { isStoreError, StoreError } from '../errors.ts'
import { MYSQL_BACKOFF_MS } from '../limits.ts'
import type { DatabaseKind, Driver } from './driver.ts'
import type { Session, TransactionSession } from './session.ts'

/**
 * A pool of sessions. Knex owns the pool and writes the SQL of schema and searches; statements run on the driver's own
 * sessions. SQLite's pool has one connection: whoever holds it is the single writer.
 */
export class Database {
  readonly kind: DatabaseKind
  /** Writes SQL; nothing is ever run through it. */
  readonly builder: Knex
  readonly driver: Driver
  readonly #sessions = new WeakMap<object, TransactionSession>()
  readonly #running = new Set<Promise<unknown>>()
  #closed = false

  constructor(driver: Driver) {
    this.kind = driver.kind
    this.driver = driver
    this.builder = createKnex(driver.knexConfig)
  }

  /** @throws StoreError `STORE_UNREACHABLE` */
  async read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#track(() => this.#hold(work))
  }

  /**
   * One transaction, durable when it returns. `work` may run several times: a deadlock's loser starts over.
   *
   * @throws StoreError `STORE_UNREACHABLE`, `STORE_BUSY`, and whatever `work` throws, after rolling back
   */
  async write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#track(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#hold((session) => transact(session, work))
        } catch (error) {
          if (attempt >= this.driver.transactionAttempts || !isStoreError(error, 'STORE_BUSY')) throw error
          await wait(Math.random() * MYSQL_BACKOFF_MS * attempt)
        }
      }
    })
  }

  /** A session outside any transaction, for whoever manages its own. */
  async hold<T>(work: (session: TransactionSession) => Promise<T>): Promise<T> {
    return this.#track(() => this.#hold(work))
  }

  /** Waits for what was asked before, then closes every connection. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    // The pool would turn away who still waits for a connection.
    await Promise.allSettled(this.#running)
    await this.builder.destroy()
  }

  async #track<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new StoreError('STORE_CLOSED', 'The store is closed.')
    const running = work()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  async #hold<T>(work: (session: TransactionSession) => Promise<T>): Promise<T> {
    const connection = await this.#acquire()
    try {
      return await work(this.#sessionOf(connection))
    } finally {
      await this.builder.client.releaseConnection(connection)
    }
  }

  async #acquire(): Promise<object> {
    try {
      const connection: object = await this.builder.client.acquireConnection()
      return connection
    } catch (error) {
      throw this.driver.toStoreError(error)
    }
  }

  #sessionOf(connection: object): TransactionSession {
    let session = this.#sessions.get(connection)
    if (session === undefined) {
      session = this.driver.openSession(connection)
      this.#sessions.set(connection, session)
    }
    return session
  }
}

async function transact<T>(session: TransactionSession, work: (session: Session) => Promise<T>): Promise<T> {
  await session.begin()
  try {
    const result = await work(session)
    await session.commit()
    return result
  } catch (error) {
    await session.rollback()
    throw error
  }
}
