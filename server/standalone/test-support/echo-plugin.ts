import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MANIFEST_PATH, MANIFEST_VERSION, type PluginManifest } from '@pinion/plugin-sdk/manifest'
import { create } from 'tar'

export const ECHO_PACKAGE = '@pinion/plugin-echo'
export const ECHO_TYPE = 'io.pinion.test.Echo'

const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'

/** A packed plugin whose task answers with its own version. @param folder - where the tarball goes */
export async function packEcho(folder: string, version: string): Promise<string> {
  const root = await mkdtemp(join(folder, 'echo-'))
  const bundle = `globalThis.__pinionPlugin = { types: { '${ECHO_TYPE}': {
    kind: 'task',
    async run({ message, waitMs }, context) {
      context.log.info(message)
      if (waitMs > 0) await context.sleep(waitMs)
      return { message, version: '${version}' }
    },
  } } }`
  await mkdir(join(root, 'package', 'dist'), { recursive: true })
  await writeFile(join(root, 'package', 'package.json'), JSON.stringify({ name: ECHO_PACKAGE, version }))
  await writeFile(join(root, 'package', 'dist', 'bundle.js'), bundle)
  await writeFile(
    join(root, 'package', MANIFEST_PATH),
    JSON.stringify(manifestOf(version, Buffer.from(bundle))),
  )
  const tarball = join(folder, `echo-${version}.tgz`)
  await create({ gzip: true, file: tarball, cwd: root }, ['package'])
  return tarball
}

function manifestOf(version: string, bundle: Buffer): PluginManifest {
  return {
    manifestVersion: MANIFEST_VERSION,
    name: ECHO_PACKAGE,
    version,
    runtime: 'isolate',
    requires: '^1.0.0',
    group: 'io.pinion.test',
    title: 'Echo',
    description: 'Says what it is told.',
    icon: ICON,
    guides: [],
    permissions: {},
    bundle: {
      file: 'dist/bundle.js',
      sha512: `sha512-${createHash('sha512').update(bundle).digest('base64')}`,
      sizeBytes: bundle.length,
    },
    subgroups: [],
    types: [
      {
        type: ECHO_TYPE,
        kind: 'task',
        title: 'Echo',
        properties: {
          type: 'object',
          additionalProperties: false,
          required: ['message'],
          properties: {
            message: { type: 'string', $dynamic: true },
            waitMs: { type: 'integer', minimum: 0, default: 0 },
          },
        },
        outputs: {
          type: 'object',
          additionalProperties: false,
          properties: { message: { type: 'string' }, version: { type: 'string' } },
        },
        metrics: [],
        examples: [],
        aliases: [],
      },
    ],
  }
}
