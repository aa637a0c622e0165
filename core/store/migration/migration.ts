import type { SchemaChange } from './schema-change.ts'

/** One step of the tables' history. Never changed once released: a later one corrects it. */
export interface Migration {
  /** `NNNN-what`, in order. */
  readonly name: string
  up(schema: SchemaChange): Promise<void>
}
