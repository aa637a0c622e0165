import { type ScaffoldOptions, scaffoldPlugin } from '@pinion/plugin-sdk/scaffold'
import { explained } from './build-faults.ts'

/** @returns the files that were written */
export function createProject(options: ScaffoldOptions): Promise<readonly string[]> {
  return explained(() => scaffoldPlugin(options))
}
