import type { FlowCheck } from './examples.ts'
import { type BuildResult, PluginBuilder } from './plugin-builder.ts'

export interface BuildOptions {
  /**
   * Checks a whole flow as the platform does when it is saved; without it, only the plugin's own types in it are
   * checked.
   */
  readonly validateFlow?: FlowCheck
}

/**
 * Builds a plugin project: writes `dist/bundle.js`, its source map and `dist/manifest.json`, and every stale
 * `Name.gen.ts`.
 *
 * @throws BuildRefusedError `PLUGIN_BUILD_REFUSED` with every fault of the project, each with file, line and
 * column; `dist/` stays as it was
 * @throws SdkError `PLUGIN_PROJECT_NOT_FOUND`, `PLUGIN_COMPILER_MISSING`
 */
export async function buildPlugin(projectDir: string, options: BuildOptions = {}): Promise<BuildResult> {
  const builder = new PluginBuilder(projectDir)
  try {
    return await builder.build(options)
  } finally {
    await builder.close()
  }
}

/** Opens a builder that keeps what it has parsed, for `pinion plugin dev`. The caller closes it. */
export function createPluginBuilder(projectDir: string): PluginBuilder {
  return new PluginBuilder(projectDir)
}
