export { RUNTIME_ERRORS, RuntimeError, type RuntimeErrorCode } from './errors.ts'
export type { PluginRuntimeOptions, RuntimeIncident } from './options.ts'
export { createPluginRuntime } from './plugin-runtime.ts'
export type {
  AttemptCalls,
  AttemptContext,
  AttemptLimits,
  AttemptLogEntry,
  AttemptMethod,
  AttemptMetric,
  AttemptRequest,
  AttemptResult,
  AttemptServices,
  AttemptUsage,
  BundleRef,
  PluginRuntime,
  RuntimeStats,
} from './runtime.ts'
