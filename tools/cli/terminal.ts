import type { Writable } from 'node:stream'
import { styleText } from 'node:util'
import { stringify } from 'yaml'
import type { CliVariable } from './environment.ts'

export const FORMATS = ['table', 'json', 'yaml'] as const
export type Format = (typeof FORMATS)[number]

type Style = Parameters<typeof styleText>[0]

/** Where a command writes: answers to stdout, everything else to stderr. Colours on a terminal only. */
export class Terminal {
  readonly #out: Writable
  readonly #err: Writable & { isTTY?: boolean }

  constructor(out: Writable, err: Writable & { isTTY?: boolean }) {
    this.#out = out
    this.#err = err
  }

  print(text: string): void {
    this.#out.write(`${text}\n`)
  }

  note(text: string): void {
    this.#err.write(`${text}\n`)
  }

  style(style: Style, text: string): string {
    const hasColours = this.#err.isTTY === true && process.env['NO_COLOR' satisfies CliVariable] === undefined
    return hasColours ? styleText(style, text, { validateStream: false }) : text
  }

  /** One answer: as a table of `columns`, or whole as JSON or YAML. */
  answer(value: unknown, format: Format, columns: readonly string[]): void {
    if (format === 'json') return this.print(JSON.stringify(value, null, 2))
    if (format === 'yaml') return this.print(stringify(value).trimEnd())
    this.print(table(Array.isArray(value) ? value : [value], columns))
  }
}

/** Rows as aligned columns with a heading; a column is a property's path such as `state.current`. */
export function table(rows: readonly unknown[], columns: readonly string[]): string {
  const cells = rows.map((row) => columns.map((column) => cell(valueAt(row, column))))
  const headings = columns.map((column) => column.toUpperCase())
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, ...cells.map((row) => row[index]?.length ?? 0)),
  )
  return [headings, ...cells]
    .map((row) =>
      row
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function valueAt(row: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? Reflect.get(value, key)
      : undefined
  }, row)
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
