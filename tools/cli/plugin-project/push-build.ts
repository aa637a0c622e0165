import type { ApiClient } from '../api-client.ts'
import type { Push } from './dev-session.ts'

const PATH = 'instance/versioned-plugins/development'

/** Makes a build live on a server, in place of the one before it. */
export function pushTo(api: ApiClient): Push {
  const decode = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')
  return async ({ manifest, bundle, sourceMap }) => {
    await api.call(PATH, {
      method: 'PUT',
      json: { manifest: JSON.stringify(manifest), bundle: decode(bundle), sourceMap: decode(sourceMap) },
    })
  }
}

/** Takes the version under development out again. */
export async function endDevelopment(api: ApiClient, packageName: string): Promise<void> {
  await api.call(PATH, { method: 'DELETE', query: { packageName } })
}
