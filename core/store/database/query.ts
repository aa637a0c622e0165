import type { Knex } from 'knex'

export type SqlValue = string | number | null

/** A statement with its values apart: they never become part of the text. */
export interface Query {
  readonly text: string
  readonly values: readonly SqlValue[]
}

/** As the driver gives it; `row-reader.ts` checks each column while reading. */
export type Row = Readonly<Record<string, unknown>>

export function sql(text: string, ...values: readonly SqlValue[]): Query {
  return { text, values }
}

/** What a knex builder would run. Knex only writes the SQL: sessions run it, so that errors never quote values. */
export function compile(builder: Knex.QueryBuilder | Knex.Raw): Query {
  const native = builder.toSQL().toNative()
  return { text: native.sql, values: native.bindings.map(toSqlValue) }
}

function toSqlValue(value: unknown): SqlValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  throw new TypeError(`A statement was given a value of type ${typeof value}.`)
}
