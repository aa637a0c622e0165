export type { FlowLock, LockEntry } from './lock.ts'
export type {
  CompiledFlow,
  CompiledTask,
  CompiledTrigger,
  FlowInput,
  FlowOutput,
  FlowProblem,
  RetryPolicy,
} from './model.ts'
export type { FlowRepository, FlowRevisionRecord } from './repository.ts'
