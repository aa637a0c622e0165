import { EXIT, type ExitCode } from './exit-codes.ts'

/** A fault that ends a command: its message and hint are printed, its code becomes the exit code. */
export class CliError extends Error {
  readonly exitCode: ExitCode
  readonly hint: string | undefined
  /** Printed one a line, before the message. */
  readonly details: readonly string[]

  constructor(
    message: string,
    options: {
      readonly exitCode?: ExitCode
      readonly hint?: string
      readonly details?: readonly string[]
      readonly cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CliError'
    this.exitCode = options.exitCode ?? EXIT.failed
    this.hint = options.hint
    this.details = options.details ?? []
  }
}
