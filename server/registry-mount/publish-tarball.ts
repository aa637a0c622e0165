import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { openTarball } from '@pinion/registry'
import { ServerError } from '../errors.ts'
import { asJson, isJsonObject, type JsonObject } from '../json.ts'
import { JSON_DEPTH, PACKAGE_JSON_BYTES } from '../limits.ts'

export interface PublishOptions {
  /** Such as `http://localhost:8080/registry/`. */
  readonly registryUrl: string
  readonly token: string
  readonly tarballPath: string
}

export interface Published {
  readonly packageName: string
  readonly version: string
  /** False: that version was there already. */
  readonly isNew: boolean
}

/** Reads a package's own name and version. @throws ServerError `PACKAGE_UNREADABLE` */
export async function readPackageJson(
  tarballPath: string,
): Promise<JsonObject & { name: string; version: string }> {
  const path = 'package.json'
  const { files } = await openTarball(tarballPath, {
    wanted: (entry) => (entry === path ? PACKAGE_JSON_BYTES : undefined),
  })
  const content = asJson(JSON.parse(files.get(path)?.toString('utf8') ?? 'null'), JSON_DEPTH)
  if (
    isJsonObject(content) &&
    typeof content['name'] === 'string' &&
    typeof content['version'] === 'string'
  ) {
    return { ...content, name: content['name'], version: content['version'] }
  }
  throw new ServerError('PACKAGE_UNREADABLE', `${tarballPath} holds no package.json with name and version.`)
}

/**
 * Publishes a packed package by the registry's own protocol, as an npm client does.
 *
 * @throws ServerError `PACKAGE_NOT_PUBLISHED` with the registry's reason
 */
export async function publishTarball({
  registryUrl,
  token,
  tarballPath,
}: PublishOptions): Promise<Published> {
  const manifest = await readPackageJson(tarballPath)
  const { name, version } = manifest
  const bytes = await readFile(tarballPath)
  const file = `${name}-${version}.tgz`
  const dist = {
    integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
    shasum: createHash('sha1').update(bytes).digest('hex'),
    tarball: new URL(`${name}/-/${file}`, registryUrl).href,
  }
  const response = await fetch(new URL(name.replace('/', '%2f'), registryUrl), {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
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
    }),
  })
  const answer = await response.text()
  if (response.ok) return { packageName: name, version, isNew: true }
  if (response.status === 409) return { packageName: name, version, isNew: false }
  throw new ServerError(
    'PACKAGE_NOT_PUBLISHED',
    `${name}@${version} could not be published: ${answer.slice(0, 500)}`,
    {
      hint: `The registry answered ${response.status}.`,
    },
  )
}
