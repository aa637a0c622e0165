export type {
  Attempt,
  ExecutionRecord,
  Label,
  LogRecord,
  MetricRecord,
  PluginUse,
  State,
  StateChange,
  TaskRunRecord,
} from './model.ts'
export { STATES, TERMINAL_STATES } from './model.ts'
export type {
  ExecutionChanges,
  ExecutionFilter,
  ExecutionRepository,
  LogRepository,
  MetricRepository,
} from './repository.ts'
