import type { ApiClient } from '../api-client.ts'
import { runProgram } from '../run-program.ts'

/** The real npm client publishes; it gets the platform's credentials for this one call, and no file is touched. */
export async function publishProject(api: ApiClient, directory: string, tag: string): Promise<void> {
  const registry = new URL('/registry/', api.url)
  const args = ['publish', '--registry', registry.href, '--tag', tag, '--ignore-scripts']
  await runProgram('npm', args, directory, {
    [`npm_config_//${registry.host}${registry.pathname}:_authToken`]: await registryToken(api),
  })
}

async function registryToken(api: ApiClient): Promise<string> {
  const bearer = /^Bearer (.+)$/.exec(api.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const { token } = await api.call<{ token: string }>('tokens', {
    method: 'POST',
    json: { name: 'pinion plugin publish', expiresIn: 'PT10M' },
  })
  return token
}
