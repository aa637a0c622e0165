export {
  type ConfigSetting,
  type ConfigSources,
  configurationPage,
  type Datasource,
  type LoadOptions,
  loadConfig,
  type RepositoryConfig,
  type ResolvedConfig,
  resolveConfig,
  type ServerConfig,
} from './config/index.ts'
export { type Problem, SERVER_ERRORS, ServerError, type ServerErrorCode } from './errors.ts'
export { jsonLog, type Log, type LogFields, type LogLevel } from './log/index.ts'
export type { StartEvent } from './standalone/start-event.ts'
export { type RunningServer, type StartOptions, startServer } from './standalone/start-server.ts'
