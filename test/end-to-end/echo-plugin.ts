import { createHash } from 'node:crypto'
import { MANIFEST_PATH, MANIFEST_VERSION, type PluginManifest } from '@pinion/plugin-sdk/manifest'
import { packageTarball } from './tarball.ts'

export interface EchoPlugin {
  readonly name: string
  readonly version: string
  /** What its task answers besides its version: another text is another bundle. */
  readonly mark?: string
  /** Of the package.json. */
  readonly fields?: Readonly<Record<string, unknown>>
}

const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'

/** The type that a package's echo task has: each scope has a type of its own. */
export function echoType(name: string): string {
  return `com.${name.replace(/^@/, '').replaceAll(/[^a-z0-9]+/g, '.')}.Echo`
}

/** The files of a plugin whose task waits a while and answers with its version, made without a build. */
export function echoFiles({ name, version, mark = '', fields = {} }: EchoPlugin): Record<string, string> {
  const type = echoType(name)
  const bundle = `globalThis.__pinionPlugin = { types: { '${type}': { kind: 'task',
    async run({ waitMs }, context) {
      if (waitMs > 0) await context.sleep(waitMs)
      return { version: '${version}', mark: '${mark}' }
    } } } }`
  return {
    'package.json': JSON.stringify({ name, version, ...fields }),
    [MANIFEST_PATH]: JSON.stringify(manifestOf(name, version, type, bundle)),
    'dist/bundle.js': bundle,
  }
}

export function echoTarball(plugin: EchoPlugin): Buffer {
  return packageTarball(echoFiles(plugin))
}

/** A flow of one echo task. @param version - as a task asks for it; absent to follow the newest */
export function echoFlow(id: string, name: string, version?: string, waitMs = 0): string {
  const task = { id: 'a', type: echoType(name), waitMs, ...(version === undefined ? {} : { version }) }
  // JSON is YAML.
  return JSON.stringify({ id, namespace: 'company.test', tasks: [task] })
}

function manifestOf(name: string, version: string, type: string, bundle: string): PluginManifest {
  return {
    manifestVersion: MANIFEST_VERSION,
    name,
    version,
    runtime: 'isolate',
    requires: '^1.0.0',
    group: type.slice(0, type.lastIndexOf('.')),
    title: 'Echo',
    description: 'Says which version it is.',
    icon: ICON,
    guides: [],
    permissions: {},
    bundle: {
      file: 'dist/bundle.js',
      sha512: `sha512-${createHash('sha512').update(bundle).digest('base64')}`,
      sizeBytes: Buffer.byteLength(bundle),
    },
    subgroups: [],
    types: [
      {
        type,
        kind: 'task',
        title: 'Echo',
        properties: {
          type: 'object',
          additionalProperties: false,
          properties: { waitMs: { type: 'integer', minimum: 0, default: 0 } },
        },
        outputs: {
          type: 'object',
          additionalProperties: false,
          properties: { version: { type: 'string' }, mark: { type: 'string' } },
        },
        metrics: [],
        examples: [],
        aliases: [],
      },
    ],
  }
}
