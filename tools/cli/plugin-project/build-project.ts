import { type BuildResult, buildPlugin } from '@pinion/plugin-sdk/build'
import { explained } from './build-faults.ts'

/** @throws CliError with one line of `file:line:column` for each fault */
export function buildProject(directory: string): Promise<BuildResult> {
  return explained(() => buildPlugin(directory))
}
