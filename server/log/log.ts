/** Where this room and those below it write what happened. The message is a constant sentence, values are fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A log that adds these fields to every line. */
  child(fields: LogFields): Log
}

/** Plain values; an `Error` under `error` is written with its stack. */
export type LogFields = Readonly<Record<string, unknown>>

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'
