export type { ExecutionInfo, Logger, Metrics, TaskContext, TaskKv, TaskStorage } from './context.ts'
export {
  defineTask,
  defineTrigger,
  type TaskDefinition,
  TaskError,
  type TriggerContext,
  type TriggerDefinition,
} from './define.ts'
