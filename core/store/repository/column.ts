import type { Row } from '../database/query.ts'
import { StoreError } from '../errors.ts'

/** A record while it is being filled: what is absent in the row stays absent. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] }

export function text(row: Row, column: string): string {
  const value = row[column]
  return typeof value === 'string' ? value : corrupt(column, value, 'text')
}

export function optionalText(row: Row, column: string): string | undefined {
  return row[column] === null ? undefined : text(row, column)
}

export function number(row: Row, column: string): number {
  const value = row[column]
  return typeof value === 'number' ? value : corrupt(column, value, 'a number')
}

export function optionalNumber(row: Row, column: string): number | undefined {
  return row[column] === null ? undefined : number(row, column)
}

export function truth(row: Row, column: string): boolean {
  return number(row, column) !== 0
}

export function oneOf<T extends string>(row: Row, column: string, words: Readonly<Record<T, true>>): T {
  const value = row[column]
  return isWord(value, words) ? value : corrupt(column, value, `one of ${Object.keys(words).join(', ')}`)
}

function isWord<T extends string>(value: unknown, words: Readonly<Record<T, true>>): value is T {
  return typeof value === 'string' && Object.hasOwn(words, value)
}

/** The shape is not checked again: it was checked when this store wrote it. */
export function json(row: Row, column: string) {
  const written = text(row, column)
  try {
    return JSON.parse(written)
  } catch (error) {
    throw new StoreError('STORE_CORRUPT', `The column ${column} holds no JSON.`, { cause: error })
  }
}

function corrupt(column: string, value: unknown, expected: string): never {
  const found = typeof value === 'string' ? `"${value.slice(0, 40)}"` : String(value)
  throw new StoreError('STORE_CORRUPT', `The column ${column} holds ${found}, not ${expected}.`, {
    hint: 'The database was changed by something else than this release. Restore it from a backup.',
  })
}
