import { type BuildContext, context } from 'esbuild'
import ivm from 'isolated-vm'
import type { SamplePlugin } from './sample-plugin.ts'

/** The least that a save can cost: esbuild's rebuild of the same project, and the code evaluated in a new isolate. */
export class RebuildFloor implements AsyncDisposable {
  readonly #context: BuildContext

  private constructor(opened: BuildContext) {
    this.#context = opened
  }

  static async open({ directory }: SamplePlugin): Promise<RebuildFloor> {
    const opened = await context({
      stdin: {
        contents: 'import probe from "./src/Probe.ts"; globalThis.plugin = probe',
        resolveDir: directory,
        sourcefile: 'entry.js',
      },
      absWorkingDir: directory,
      bundle: true,
      write: false,
      outfile: 'bundle.js',
      format: 'iife',
      sourcemap: 'external',
      alias: { '@pinion/plugin-sdk': new URL('../../../plugin-sdk/index.ts', import.meta.url).pathname },
    })
    return new RebuildFloor(opened)
  }

  /** Milliseconds from the file write until the code is evaluated. */
  async measure(save: () => Promise<void>): Promise<number> {
    const startedAtMs = performance.now()
    await save()
    const { outputFiles = [] } = await this.#context.rebuild()
    const code = outputFiles.find(({ path }) => path.endsWith('.js'))?.text
    if (code === undefined) throw new Error('esbuild wrote no code.')
    const isolate = new ivm.Isolate({ memoryLimit: 128 })
    isolate.createContextSync().evalSync(code)
    const spentMs = performance.now() - startedAtMs
    isolate.dispose()
    return spentMs
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.dispose()
  }
}
