import type { Logger } from '@pinion/plugin-sdk'

export type Level = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

export function logAt(log: Logger, level: Level, message: string): void {
  switch (level) {
    case 'TRACE':
      return log.trace(message)
    case 'DEBUG':
      return log.debug(message)
    case 'INFO':
      return log.info(message)
    case 'WARN':
      return log.warn(message)
    case 'ERROR':
      return log.error(message)
    default:
      return level satisfies never
  }
}
