import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PluginBuilder } from '@pinion/plugin-sdk/build'
import { create } from 'tar'
import type { SamplePlugin } from './sample-plugin.ts'

export interface PackedVersion {
  readonly version: string
  readonly tarballPath: string
  /** What `npm publish` sends. */
  readonly publishBody: string
}

/** Builds and packs one version whose code carries its own number. */
export async function packVersion(
  plugin: SamplePlugin,
  builder: PluginBuilder,
  version: string,
  outDir: string,
): Promise<PackedVersion> {
  await plugin.saveVersion(version)
  await plugin.saveTask(version)
  await builder.rebuild()
  const tarballPath = join(outDir, `${version}.tgz`)
  await create({ cwd: plugin.directory, file: tarballPath, gzip: true, portable: true, prefix: 'package' }, [
    'package.json',
    'dist',
  ])
  const [bytes, packageJson] = await Promise.all([
    readFile(tarballPath),
    readFile(join(plugin.directory, 'package.json'), 'utf8'),
  ])
  return { version, tarballPath, publishBody: publishBody(JSON.parse(packageJson), bytes) }
}

function publishBody(
  manifest: Readonly<Record<string, unknown>> & { readonly name: string; readonly version: string },
  bytes: Buffer,
): string {
  const { name, version } = manifest
  const file = `${name}-${version}.tgz`
  const dist = {
    integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
    shasum: createHash('sha1').update(bytes).digest('hex'),
    tarball: `http://localhost/${name}/-/${file}`,
  }
  return JSON.stringify({
    _id: name,
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, _id: `${name}@${version}`, dist } },
    access: null,
    _attachments: {
      [file]: {
        content_type: 'application/octet-stream',
        data: bytes.toString('base64'),
        length: bytes.length,
      },
    },
  })
}
