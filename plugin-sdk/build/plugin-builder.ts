import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type BuildFault, BuildRefusedError } from '../errors.ts'
import { MANIFEST_PATH, type PluginManifest, type PluginRuntimeKind } from '../manifest/index.ts'
import { inOrder, SchemaDialect } from '../schema/index.ts'
import { type BundleEntry, type BundleResult, Bundler } from './bundler.ts'
import { checkPage } from './docs.ts'
import { checkExamples, checkFlows, type FlowCheck, type PropertiesCheck } from './examples.ts'
import { checkIcon } from './icons.ts'
import { assembleManifest, BUNDLE_PATH, SOURCE_MAP_PATH } from './manifest.ts'
import { writeAtomically, writeIfChanged } from './output.ts'
import { type ParsedPackage, parsePackage } from './package-fields.ts'
import { checkPlugin } from './plugin-rules.ts'
import { type PluginType, readTypes, SchemaReader } from './plugin-types.ts'
import { type ProjectFile, type ProjectFiles, ProjectReader } from './project-files.ts'
import { checkTypes } from './type-checker.ts'

/** A plugin that was built. Paths are absolute; `durationMs` is without the writing of `dist/`. */
export interface BuildResult {
  readonly directory: string
  readonly manifest: PluginManifest
  readonly bundle: Uint8Array
  readonly sourceMap: Uint8Array
  readonly bundlePath: string
  readonly sourceMapPath: string
  readonly manifestPath: string
  /** The `Name.gen.ts` that were written anew, relative to the project. */
  readonly regenerated: readonly string[]
  readonly durationMs: number
}

/** A project's files as they were last read, and what is wrong with them. */
interface Look {
  readonly files: ProjectFiles
  readonly parsedPackage: ParsedPackage
  readonly types: readonly PluginType[]
  readonly regenerated: readonly string[]
  readonly faults: readonly BuildFault[]
}

/** What could be made of a project, and all that stands against it. */
interface Draft extends Look {
  readonly code?: { readonly code: Uint8Array; readonly sourceMap: Uint8Array }
}

/**
 * Builds one project again and again. Files that did not change are neither read nor parsed twice: a rebuild
 * after one edit costs a few milliseconds. Rebuilds must not overlap; a type check may run beside them.
 */
export class PluginBuilder {
  readonly directory: string
  readonly #reader: ProjectReader
  readonly #schemas = new SchemaReader(new SchemaDialect())
  readonly #bundler: Bundler
  #lastBundled: { readonly runtime: PluginRuntimeKind; readonly entries: readonly BundleEntry[] } | undefined
  readonly #packages = new WeakMap<ProjectFile, ParsedPackage>()

  constructor(projectDir: string) {
    this.directory = resolve(projectDir)
    this.#reader = new ProjectReader(this.directory)
    this.#bundler = new Bundler(this.directory)
  }

  /**
   * Builds and writes `dist/`; generated types that are stale are written too. TypeScript is not checked: see
   * {@link checkTypes}.
   *
   * @throws BuildRefusedError with all faults; `dist/` stays as it was
   * @throws SdkError `PLUGIN_PROJECT_NOT_FOUND`
   */
  async rebuild(): Promise<BuildResult> {
    const result = await this.assemble()
    await this.write(result)
    return result
  }

  /** Like {@link rebuild}, but leaves `dist/` to {@link write}: for whoever has use for the code before the disk has it. */
  async assemble(): Promise<BuildResult> {
    const startedAtMs = performance.now()
    return this.#result(await this.#draft(), [], startedAtMs)
  }

  /** Writes `dist/`, each file old or new but never half. */
  async write({ manifest, bundle, sourceMap }: BuildResult): Promise<void> {
    await writeAtomically(this.directory, [
      { path: BUNDLE_PATH, content: bundle },
      { path: SOURCE_MAP_PATH, content: sourceMap },
      { path: MANIFEST_PATH, content: `${JSON.stringify(manifest, null, 2)}\n` },
    ])
  }

  /**
   * Like {@link rebuild}, with the TypeScript check, and each whole flow among the examples handed to
   * `validateFlow`.
   */
  async build(options: { readonly validateFlow?: FlowCheck } = {}): Promise<BuildResult> {
    const startedAtMs = performance.now()
    const draft = await this.#draft()
    const result = this.#result(draft, await this.#thoroughFaults(draft, options), startedAtMs)
    await this.write(result)
    return result
  }

  /** All faults of the project, in the order of files and lines; writes generated types but not `dist/`. */
  async check(options: { readonly validateFlow?: FlowCheck } = {}): Promise<readonly BuildFault[]> {
    const draft = await this.#draft()
    return inOrder([...draft.faults, ...(await this.#thoroughFaults(draft, options))])
  }

  /**
   * Runs the TypeScript compiler over the project as it stands: some hundred milliseconds.
   *
   * @throws SdkError `PLUGIN_COMPILER_MISSING`
   */
  async checkTypes(): Promise<readonly BuildFault[]> {
    const { types, parsedPackage } = await this.#read()
    return inOrder(await this.#typeFaults(parsedPackage, types))
  }

  /** Writes every stale `Name.gen.ts`. @returns their paths relative to the project */
  async generateTypes(): Promise<readonly string[]> {
    const { types, faults } = await this.#read()
    const written = await this.#regenerate(types)
    if (faults.length > 0) throw new BuildRefusedError(inOrder(faults))
    return written
  }

  /** Frees the bundler. The builder is of no use afterwards. */
  async close(): Promise<void> {
    await this.#bundler.close()
  }

  /** Bundles what was bundled last: nearly always a change leaves the types and the runtime as they are. */
  async #bundleAhead(): Promise<BundleResult | undefined> {
    return (
      this.#lastBundled && (await this.#bundler.bundle(this.#lastBundled.runtime, this.#lastBundled.entries))
    )
  }

  async #read() {
    const files = this.#reader.read()
    const parsedPackage = this.#parsePackage(files.packageJson)
    const { types, faults } = await readTypes(files, parsedPackage.fields, this.#schemas)
    return { files, parsedPackage, types, faults: [...parsedPackage.faults, ...faults] }
  }

  async #draft(): Promise<Draft> {
    // The bundler is another process: once it has its order, everything else is done beside it.
    const [ahead, look] = await Promise.all([this.#bundleAhead(), setImmediate().then(() => this.#look())])
    const wanted = {
      runtime: look.parsedPackage.fields?.runtime ?? 'isolate',
      entries: look.types.flatMap(({ type, code }) =>
        code === undefined ? [] : [{ type, codePath: code.codePath }],
      ),
    }
    const bundled =
      isDeepStrictEqual(wanted, this.#lastBundled) && ahead
        ? ahead
        : await this.#bundler.bundle(wanted.runtime, wanted.entries)
    this.#lastBundled = wanted
    return bundled.ok ? { ...look, code: bundled } : { ...look, faults: [...look.faults, ...bundled.faults] }
  }

  async #look(): Promise<Look> {
    const { files, parsedPackage, types, faults } = await this.#read()
    const regenerated = await this.#regenerate(types)
    // Without a group the types have no ids, by which examples name them.
    const checks = parsedPackage.fields === undefined ? undefined : checksOf(types)
    return {
      files,
      parsedPackage,
      types,
      regenerated,
      faults: [
        ...faults,
        ...checkPlugin(files, parsedPackage, types),
        ...[...files.icons.values()].flatMap(checkIcon),
        ...[...(files.docs ? [files.docs] : []), ...files.guides].flatMap(checkPage),
        ...types.flatMap(({ schema, type }) =>
          checks === undefined ? [] : checkExamples(schema.parsed, type, schema.examples, checks),
        ),
      ],
    }
  }

  async #thoroughFaults(
    draft: Draft,
    options: { readonly validateFlow?: FlowCheck },
  ): Promise<readonly BuildFault[]> {
    const { validateFlow } = options
    const [typeFaults, flowFaults] = await Promise.all([
      this.#typeFaults(draft.parsedPackage, draft.types),
      validateFlow === undefined
        ? []
        : Promise.all(
            draft.types.map(({ schema }) => checkFlows(schema.parsed, schema.examples, validateFlow)),
          ),
    ])
    return [...typeFaults, ...flowFaults.flat()]
  }

  async #typeFaults(
    parsedPackage: ParsedPackage,
    types: readonly PluginType[],
  ): Promise<readonly BuildFault[]> {
    const runtime = parsedPackage.fields?.runtime ?? 'isolate'
    return await checkTypes(
      this.directory,
      runtime,
      types.flatMap(({ type, declared, code }) =>
        code === undefined ? [] : [{ type, kind: declared.kind, ...code }],
      ),
    )
  }

  #result(draft: Draft, more: readonly BuildFault[], startedAtMs: number): BuildResult {
    const faults = [...draft.faults, ...more]
    const { code, files, parsedPackage, types, regenerated } = draft
    if (faults.length > 0 || code === undefined || parsedPackage.fields === undefined) {
      throw new BuildRefusedError(inOrder(faults))
    }
    return {
      directory: this.directory,
      manifest: assembleManifest(files, parsedPackage.fields, types, code),
      bundle: code.code,
      sourceMap: code.sourceMap,
      bundlePath: resolve(this.directory, BUNDLE_PATH),
      sourceMapPath: resolve(this.directory, SOURCE_MAP_PATH),
      manifestPath: resolve(this.directory, MANIFEST_PATH),
      regenerated,
      durationMs: performance.now() - startedAtMs,
    }
  }

  async #regenerate(types: readonly PluginType[]): Promise<readonly string[]> {
    const written = await Promise.all(
      types.map(async ({ code, schema }) => {
        if (code === undefined) return undefined
        const { generatedPath } = code
        const isWritten = await writeIfChanged(this.directory, generatedPath, schema.generated ?? '')
        return isWritten ? generatedPath : undefined
      }),
    )
    return written.filter((path) => path !== undefined)
  }

  #parsePackage(file: ProjectFile): ParsedPackage {
    const known = this.#packages.get(file)
    if (known) return known
    const parsed = parsePackage(file)
    this.#packages.set(file, parsed)
    return parsed
  }
}

function checksOf(types: readonly PluginType[]): ReadonlyMap<string, PropertiesCheck> {
  const checks = new Map<string, PropertiesCheck>()
  for (const { type, declared, schema } of types) {
    if (schema.check === undefined) continue
    for (const id of [type, ...(declared.aliases ?? [])]) checks.set(id, schema.check)
  }
  return checks
}
