import type { Knex } from 'knex'
import type { Database } from '../database/database.ts'
import { sql } from '../database/query.ts'
import type { Session } from '../database/session.ts'

export interface IndexDefinition {
  readonly table: string
  readonly columns: readonly string[]
  readonly unique?: boolean
}

/** What a migration may do. Each step looks first whether it is done: MySQL cannot undo half a migration. */
export interface SchemaChange {
  /** `define` gives columns and primary key only; knex would add anything else by a statement of its own. */
  createTable(name: string, define: (table: Knex.CreateTableBuilder) => void): Promise<void>
  /** Named after the table and its columns. */
  createIndex(index: IndexDefinition): Promise<void>
}

export function createSchemaChange(database: Database, session: Session): SchemaChange {
  const { builder, driver } = database
  const run = async (change: Knex.SchemaBuilder): Promise<void> => {
    for (const statement of change.toSQL()) await session.run(sql(statement.sql))
  }
  return {
    async createTable(name, define) {
      if (await driver.tableExists(session, name)) return
      await run(
        builder.schema.createTable(name, (table) => {
          define(table)
          driver.defineTable(table)
        }),
      )
    },
    async createIndex({ table, columns, unique = false }) {
      const name = indexName(table, columns)
      if (await driver.indexExists(session, table, name)) return
      await run(
        builder.schema.alterTable(table, (change) => {
          if (unique) change.unique(columns, { indexName: name })
          else change.index(columns, name)
        }),
      )
    },
  }
}

function indexName(table: string, columns: readonly string[]): string {
  // MySQL takes 64 characters.
  return `${table}__${columns.join('__')}`.slice(0, 64)
}
