export {
  BUILD_FAULTS,
  type BuildFault,
  type BuildFaultCode,
  BuildRefusedError,
  type ErrorOptions,
  type ErrorPlace,
  type ErrorTraits,
  SDK_ERRORS,
  SdkError,
  type SdkErrorCode,
} from '../errors.ts'
export { type BuildOptions, buildPlugin, createPluginBuilder } from './build-plugin.ts'
export type { FlowCheck, FlowProblem } from './examples.ts'
export type { BuildResult, PluginBuilder } from './plugin-builder.ts'
