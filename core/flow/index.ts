export { allTasks } from './all-tasks.ts'
export {
  type CompileOptions,
  type CompileResult,
  compileFlow,
  compileParsedFlow,
  type FlowIdentity,
  type ParsedFlow,
  parseFlow,
} from './compile/compile-flow.ts'
export { flowSchema } from './document/flow-schema.ts'
export { parseDurationMs } from './duration/parse-duration.ts'
export {
  FLOW_ERRORS,
  FLOW_PROBLEMS,
  FlowError,
  type FlowErrorCode,
  type FlowProblemCode,
} from './errors.ts'
export {
  FlowLibrary,
  type FlowLibraryOptions,
  type FlowListener,
  type SavedFlow,
} from './library/flow-library.ts'
export type { FlowImpact, ImpactOptions, VersionMove } from './library/version-impact.ts'
export type { FlowLock, LockEntry } from './lock.ts'
export type {
  CompiledFlow,
  CompiledTask,
  CompiledTrigger,
  FlowableTask,
  FlowInput,
  FlowOutput,
  FlowProblem,
  NestedTask,
  RetryPolicy,
} from './model.ts'
export { formatPath, type PropertyPath, parsePath, valueAt } from './path/property-path.ts'
export type { FlowRepository, FlowRevisionRecord } from './repository.ts'
export { type ParsedYaml, parseYaml, type SourcePlace } from './yaml/parse-yaml.ts'
export { type SourceDocument, splitYamlDocuments } from './yaml/split-documents.ts'
