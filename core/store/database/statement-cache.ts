import type BetterSqlite3 from 'better-sqlite3'
import type { Row, SqlValue } from './query.ts'

type Statement = BetterSqlite3.Statement<SqlValue[], Row>

/** Prepares each text once; beyond `capacity` the one unused for longest is prepared again when next needed. */
export class StatementCache {
  readonly #database: BetterSqlite3.Database
  readonly #capacity: number
  readonly #statements = new Map<string, Statement>()

  constructor(database: BetterSqlite3.Database, capacity: number) {
    this.#database = database
    this.#capacity = capacity
  }

  get(text: string): Statement {
    const known = this.#statements.get(text)
    if (known !== undefined) {
      // A Map keeps the order of insertion: moved to the end, it is the youngest.
      this.#statements.delete(text)
      this.#statements.set(text, known)
      return known
    }
    const statement = this.#database.prepare<SqlValue[], Row>(text)
    if (this.#statements.size >= this.#capacity) {
      const [oldest] = this.#statements.keys()
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    this.#statements.set(text, statement)
    return statement
  }
}
