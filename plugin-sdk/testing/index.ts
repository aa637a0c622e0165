export { evaluateTrigger, runTask, type SchemaSource, type TaskResult } from './run-task.ts'
export {
  createTaskContext,
  type LoggedLine,
  type RecordedMetric,
  type RecordingTaskContext,
  type TaskContextOverrides,
} from './task-context.ts'
