export {
  ExecutionEngine,
  type ExecutionEngineOptions,
  type ExecutionSnapshot,
} from './engine.ts'
export { EXECUTION_ERRORS, ExecutionError, type ExecutionErrorCode } from './errors.ts'
export type { ExecutorLog } from './executor/executor.ts'
export type { FlowProvider } from './executor/live-executions.ts'
export type { ExecutionRequest } from './input/new-execution.ts'
export { VALUE_TYPES } from './input/typed-value.ts'
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
export type {
  Capabilities,
  ExpressionCapabilities,
  KvAccess,
  SecretAccess,
} from './worker/capabilities.ts'
export type { DebugResult } from './worker/debug-expression.ts'
export type { InstanceVariables } from './worker/task-scope.ts'
