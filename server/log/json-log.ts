import { type DestinationStream, type Logger, pino } from 'pino'
import type { Log, LogLevel } from './log.ts'

/** Fields that are never written out, wherever a caller puts them. */
const SECRET_FIELDS = ['password', 'token', 'authorization', '*.password', '*.token', '*.authorization']

/**
 * A log of JSON lines: `{"time":"2026-01-31T…","level":"info","message":"…", …fields}`.
 *
 * @param destination - takes each line whole; standard output if absent
 */
export function jsonLog(level: LogLevel, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    messageKey: 'message',
    errorKey: 'error',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS, censor: '********' },
  }
  return wrap(destination === undefined ? pino(options) : pino(options, destination))
}

function wrap(logger: Logger): Log {
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
    child: (fields) => wrap(logger.child(fields)),
  }
}
