import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PluginPermissions, PluginRuntimeKind } from '@pinion/plugin-sdk/manifest'
import type { BundleRef } from '../runtime.ts'

/** Of this test process; removed with it. */
const folder = mkdtempSync(join(tmpdir(), 'pinion-plugins-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

export interface TestPluginOptions {
  readonly packageName?: string
  readonly version?: string
  readonly runtime?: PluginRuntimeKind
  readonly permissions?: PluginPermissions
  /** Types that want a global scope for each run. */
  readonly freshContext?: readonly string[]
  /** Types that the manifest promises; by default what is exported. */
  readonly promised?: BundleRef['types']
  /** Statements before the types. */
  readonly prelude?: string
}

/**
 * Writes a bundle to disk as `pinion plugin build` would.
 *
 * @param types - for each type id the source of its definition: `{ kind: 'task', run: … }`
 */
export function testPlugin(
  types: Readonly<Record<string, string>>,
  options: TestPluginOptions = {},
): BundleRef {
  const runtime = options.runtime ?? 'isolate'
  const members = Object.entries(types).map(([type, definition]) => `${JSON.stringify(type)}: ${definition}`)
  const prelude = options.prelude ?? ''
  const source =
    runtime === 'node'
      ? `${prelude}\nexport const types = {\n${members.join(',\n')}\n}\n`
      : `(() => {\n${prelude}\nglobalThis.__pinionPlugin = { types: {\n${members.join(',\n')}\n} }\n})()\n`
  return writeBundle(source, {
    ...options,
    promised: options.promised ?? Object.keys(types).map((type) => asType(type, options)),
  })
}

/** Writes this very text as the bundle. */
export function writeBundle(
  source: string,
  options: TestPluginOptions & { readonly sourceMap?: string } = {},
): BundleRef {
  const runtime = options.runtime ?? 'isolate'
  const directory = mkdtempSync(join(folder, 'plugin-'))
  const bundlePath = join(directory, runtime === 'node' ? 'bundle.mjs' : 'bundle.js')
  writeFileSync(bundlePath, source)
  const sourceMapPath = `${bundlePath}.map`
  if (options.sourceMap !== undefined) writeFileSync(sourceMapPath, options.sourceMap)
  return {
    packageName: options.packageName ?? `test-${randomUUID().slice(0, 8)}`,
    version: options.version ?? '1.0.0',
    runtime,
    sha512: `sha512-${createHash('sha512').update(source).digest('base64')}`,
    bundlePath,
    ...(options.sourceMap === undefined ? {} : { sourceMapPath }),
    permissions: options.permissions ?? {},
    types: options.promised ?? [],
  }
}

function asType(type: string, { freshContext }: TestPluginOptions): BundleRef['types'][number] {
  return { type, freshContext: freshContext?.includes(type) ?? false }
}
