import type { Problem } from '../errors.ts'

/** Where a value came from: a file, an environment variable, a command line option, or `default`. */
export interface Origin {
  readonly source: string
  readonly line?: number
  readonly column?: number
}

export function showOrigin({ source, line, column }: Origin): string {
  return line === undefined ? source : `${source}:${line}:${column ?? 1}`
}

export function configProblem(origin: Origin, path: string, message: string, hint?: string): Problem {
  return {
    code: 'CONFIG_INVALID',
    message: `${showOrigin(origin)}: ${message}`,
    path,
    ...(origin.line === undefined ? {} : { line: origin.line }),
    ...(origin.column === undefined ? {} : { column: origin.column }),
    ...(hint === undefined ? {} : { hint }),
  }
}
