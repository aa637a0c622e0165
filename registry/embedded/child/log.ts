export type LogLevel = 'error' | 'warn' | 'info'

/** Fields are values, the message is a constant sentence. */
export type ChildLog = (
  level: LogLevel,
  message: string,
  fields?: Readonly<Record<string, string | number | boolean>>,
) => void

/** Pino's numbers, which Verdaccio writes too. */
export const PINO_LEVELS: Readonly<Record<LogLevel, number>> = { error: 50, warn: 40, info: 30 }

/** Writes the same JSON lines as Verdaccio does, so that the parent reads one format. */
export function createChildLog(minimum: LogLevel): ChildLog {
  return (level, message, fields = {}) => {
    if (PINO_LEVELS[level] < PINO_LEVELS[minimum]) return
    process.stdout.write(`${JSON.stringify({ ...fields, level: PINO_LEVELS[level], msg: message })}\n`)
  }
}
