export {
  defineTask,
  defineTrigger,
  type ExecutionInfo,
  type Logger,
  type Metrics,
  type TaskContext,
  type TaskDefinition,
  TaskError,
  type TaskKv,
  type TaskStorage,
  type TriggerContext,
  type TriggerDefinition,
} from './define/index.ts'
export type { JsonObject, JsonValue } from './manifest/index.ts'
