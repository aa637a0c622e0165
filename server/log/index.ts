export { jsonLog } from './json-log.ts'
export type { Log, LogFields, LogLevel } from './log.ts'
