import { builtinModules } from 'node:module'
import { type BuildContext, type BuildOptions, context, type Message } from 'esbuild'
import type { BuildFault } from '../errors.ts'
import { MAX_BUNDLE_BYTES } from '../limits.ts'
import type { PluginRuntimeKind } from '../manifest/index.ts'
import { hasInstalledSdk, ownDoor, SDK_NAME } from './sdk-location.ts'

/** A type whose code goes into the bundle. `codePath` is relative to the project. */
export interface BundleEntry {
  readonly type: string
  readonly codePath: string
}

export type BundleResult =
  | { readonly ok: true; readonly code: Uint8Array; readonly sourceMap: Uint8Array }
  | { readonly ok: false; readonly faults: readonly BuildFault[] }

const ENTRY = 'pinion-plugin:entry'

/** Bundles a project again and again; unchanged modules are not parsed twice. */
export class Bundler {
  readonly #directory: string
  #open: { readonly entryText: string; readonly context: BuildContext } | undefined

  /** @param directory - absolute path of the project */
  constructor(directory: string) {
    this.#directory = directory
  }

  async bundle(runtime: PluginRuntimeKind, entries: readonly BundleEntry[]): Promise<BundleResult> {
    const builder = await this.#contextFor(runtime, entryText(runtime, entries))
    try {
      const { outputFiles = [] } = await builder.rebuild()
      const code = outputFiles.find((file) => file.path.endsWith('.js'))?.contents
      const sourceMap = outputFiles.find((file) => file.path.endsWith('.map'))?.contents
      if (code === undefined || sourceMap === undefined) throw new Error('The bundler wrote no output.')
      if (code.byteLength <= MAX_BUNDLE_BYTES) return { ok: true, code, sourceMap }
      return { ok: false, faults: [tooLarge(code.byteLength)] }
    } catch (error) {
      if (!isBuildFailure(error)) throw error
      return { ok: false, faults: error.errors.map((message) => faultOf(message, runtime, entries)) }
    }
  }

  async close(): Promise<void> {
    await this.#open?.context.dispose()
    this.#open = undefined
  }

  async #contextFor(runtime: PluginRuntimeKind, entryText: string): Promise<BuildContext> {
    if (this.#open?.entryText === entryText) return this.#open.context
    await this.close()
    const opened = await context({
      ...COMMON,
      ...RUNTIMES[runtime],
      absWorkingDir: this.#directory,
      // Not a plugin that makes the entry up: that would have the bundler wait for this thread in every rebuild.
      stdin: { contents: entryText, resolveDir: this.#directory, sourcefile: ENTRY, loader: 'js' },
      // Not by a plugin either, for the same reason.
      alias: hasInstalledSdk(this.#directory) ? {} : { [SDK_NAME]: ownDoor() },
    })
    this.#open = { entryText, context: opened }
    return opened
  }
}

/** One import a line, so that a fault's line tells which type it is about. */
function entryText(runtime: PluginRuntimeKind, entries: readonly BundleEntry[]): string {
  const imports = entries.map(
    ({ codePath }, index) => `import type${index} from ${JSON.stringify(`./${codePath}`)}`,
  )
  const types = entries.map(({ type }, index) => `${JSON.stringify(type)}: type${index}`).join(', ')
  const assignment =
    runtime === 'isolate'
      ? `globalThis.__pinionPlugin = { types: { ${types} } }`
      : `export const types = { ${types} }`
  return [...imports, assignment].join('\n')
}

function faultOf(message: Message, runtime: PluginRuntimeKind, entries: readonly BundleEntry[]): BuildFault {
  const { location, text } = message
  const entry = location?.file.endsWith(ENTRY) ? entries[location.line - 1] : undefined
  if (entry) {
    const isDefault = /No matching export .* for import "default"/.test(text)
    return {
      code: isDefault ? 'BUILD_DEFAULT_EXPORT_MISSING' : 'BUILD_BUNDLE_FAILED',
      message: isDefault ? `The type ${entry.type} has no default export.` : `${text}.`,
      hint: 'Write `export default defineTask<Properties, Outputs>({ … })`, or `defineTrigger`.',
      file: entry.codePath,
      line: 1,
      column: 1,
    }
  }
  const hint = hintFor(message, runtime)
  return {
    code: 'BUILD_BUNDLE_FAILED',
    message: `${text}.`,
    ...(hint === undefined ? {} : { hint }),
    file: location?.file ?? 'package.json',
    line: location?.line ?? 1,
    column: (location?.column ?? 0) + 1,
  }
}

const COMMON = {
  bundle: true,
  write: false,
  outfile: 'dist/bundle.js',
  target: 'es2024',
  charset: 'utf8',
  // Kept apart and not linked from the code: the host maps stack traces, the isolate never needs it.
  sourcemap: 'external',
  sourcesContent: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'silent',
} as const satisfies BuildOptions

const RUNTIMES = {
  isolate: {
    format: 'iife',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['worker', 'browser', 'import'],
  },
  node: { format: 'esm', platform: 'node' },
} as const satisfies Record<PluginRuntimeKind, BuildOptions>

function hintFor(message: Message, runtime: PluginRuntimeKind): string | undefined {
  const wanted = /Could not resolve "([^"]+)"/.exec(message.text)?.[1]
  if (wanted === undefined) return undefined
  const isNodeModule = wanted.startsWith('node:') || builtinModules.includes(wanted)
  if (isNodeModule && runtime === 'isolate') {
    return 'An isolate has web APIs only. Use fetch, URL, crypto and the task context, or set "runtime": "node" in package.json.'
  }
  return wanted.startsWith('.')
    ? 'Check the path and its .ts extension.'
    : `Install it: npm install ${wanted}.`
}

function tooLarge(sizeBytes: number): BuildFault {
  const mebibytes = (sizeBytes / 1024 / 1024).toFixed(1)
  return {
    code: 'BUILD_BUNDLE_TOO_LARGE',
    message: `The bundle has ${mebibytes} MiB; at most ${MAX_BUNDLE_BYTES / 1024 / 1024} MiB are allowed.`,
    hint: 'Import only what is used, or a smaller library.',
    file: 'package.json',
    line: 1,
    column: 1,
  }
}

function isBuildFailure(error: unknown): error is { readonly errors: readonly Message[] } {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}
