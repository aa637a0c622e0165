import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type JsonObject,
  MANIFEST_PATH,
  MANIFEST_VERSION,
  type PluginManifest,
  type PluginTypeManifest,
} from '@pinion/plugin-sdk/manifest'
import { create, list, type ReadEntry } from 'tar'
import type { OpenTarball } from '../inspect/index.ts'
import { digestOf } from '../manifest/index.ts'
import type { PluginVersionRecord } from '../repository.ts'

const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'

export const GROUP_SCOPES = { 'io.kestra.plugin': '@pinion' }

export function typeOf(type: string, overrides: Partial<PluginTypeManifest> = {}): PluginTypeManifest {
  return {
    type,
    kind: 'task',
    title: 'Say something',
    properties: objectSchema({ message: { type: 'string', $dynamic: true } }),
    metrics: [],
    examples: [],
    aliases: [],
    ...overrides,
  }
}

export function objectSchema(properties: JsonObject, rest: JsonObject = {}): JsonObject {
  return { type: 'object', additionalProperties: false, properties, ...rest }
}

export interface PluginOptions {
  readonly name?: string
  readonly version?: string
  readonly group?: string
  readonly types?: readonly PluginTypeManifest[]
  /** The bundle's text; by default it differs from version to version. */
  readonly code?: string
  readonly sourceMap?: string
  readonly manifest?: Partial<PluginManifest>
}

export function bundleOf(options: PluginOptions): Buffer {
  return Buffer.from(
    options.code ?? `globalThis.__pinionPlugin = ${JSON.stringify([options.name, options.version])}`,
  )
}

export function manifestOf(options: PluginOptions = {}): PluginManifest {
  const group = options.group ?? 'io.acme.echo'
  const bundle = bundleOf(options)
  const { sourceMap } = options
  return {
    manifestVersion: MANIFEST_VERSION,
    name: options.name ?? '@acme/plugin-echo',
    version: options.version ?? '1.0.0',
    runtime: 'isolate',
    requires: '^1',
    group,
    title: 'Echo',
    description: 'Says what it is told.',
    icon: ICON,
    guides: [],
    permissions: {},
    bundle: { file: 'dist/bundle.js', sha512: digestOf(bundle), sizeBytes: bundle.length },
    ...(sourceMap === undefined
      ? {}
      : {
          sourceMap: {
            file: 'dist/bundle.js.map',
            sha512: digestOf(Buffer.from(sourceMap)),
            sizeBytes: Buffer.byteLength(sourceMap),
          },
        }),
    subgroups: [],
    types: options.types ?? [typeOf(`${group}.Say`)],
    ...options.manifest,
  }
}

export function recordOf(
  options: PluginOptions = {},
  overrides: Partial<PluginVersionRecord> = {},
): PluginVersionRecord {
  const manifest = manifestOf(options)
  return {
    packageName: manifest.name,
    version: manifest.version,
    integrity: digestOf(Buffer.from(`${manifest.name}@${manifest.version}`)),
    state: 'ACTIVE',
    repository: 'test',
    manifest,
    grantedPermissions: {},
    installedAtMs: 1,
    distTags: [],
    ...overrides,
  }
}

/** The files of a plugin package, by path; change some to make it a bad one. */
export function filesOf(options: PluginOptions = {}): Record<string, string | Buffer> {
  const manifest = manifestOf(options)
  return {
    'package.json': JSON.stringify({ name: manifest.name, version: manifest.version }),
    [MANIFEST_PATH]: JSON.stringify(manifest),
    'dist/bundle.js': bundleOf(options),
    ...(options.sourceMap === undefined ? {} : { 'dist/bundle.js.map': options.sourceMap }),
  }
}

/** Packs files as npm does. */
export async function packFiles(
  files: Readonly<Record<string, string | Buffer>>,
  targetPath: string,
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'pinion-pack-'))
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, 'package', name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, content)
  }
  await create({ gzip: true, cwd: folder, file: targetPath, portable: true }, ['package'])
  await rm(folder, { recursive: true })
  return targetPath
}

/** Enough of a reader for well-meant tarballs; the hostile ones are the registry's to test. */
export const openTarball: OpenTarball = async (file, { wanted }) => {
  const files = new Map<string, Buffer>()
  const onReadEntry = (entry: ReadEntry): void => {
    const name = entry.path.replace(/^[^/]+\//, '')
    if (entry.type !== 'File' || wanted(name) === undefined) return
    const chunks: Buffer[] = []
    entry.on('data', (chunk: Buffer) => chunks.push(chunk))
    entry.on('end', () => files.set(name, Buffer.concat(chunks)))
  }
  await list({ file, onReadEntry })
  return { files }
}
