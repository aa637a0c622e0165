import { createHash } from 'node:crypto'
import type { HttpAnswer, HttpApi } from './http-api.ts'

export interface PackageToPublish {
  readonly name: string
  readonly version: string
  readonly tarball: Uint8Array
  /** Default latest. */
  readonly tag?: string
  /** Replaces what is true of the tarball, such as its integrity. */
  readonly dist?: Readonly<Record<string, string>>
}

/** Publishes by the npm registry's protocol, without an npm client. @param token - whose package it will be */
export function publishByApi(api: HttpApi, token: string, published: PackageToPublish): Promise<HttpAnswer> {
  const { name, version, tarball, tag = 'latest', dist } = published
  const file = `${name}-${version}.tgz`
  return api.request('PUT', `/registry/${name.replace('/', '%2f')}`, {
    token,
    json: {
      _id: name,
      name,
      'dist-tags': { [tag]: version },
      versions: {
        [version]: {
          name,
          version,
          dist: {
            integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
            shasum: createHash('sha1').update(tarball).digest('hex'),
            tarball: `http://localhost/${name}/-/${file}`,
            ...dist,
          },
        },
      },
      access: null,
      _attachments: {
        [file]: {
          content_type: 'application/octet-stream',
          data: Buffer.from(tarball).toString('base64'),
          length: tarball.length,
        },
      },
    },
  })
}
