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
export { STATES } from './model.ts'
export type {
  ExecutionChanges,
  ExecutionFilter,
  ExecutionRepository,
  LogRepository,
  MetricRepository,
} from './repository.ts'
