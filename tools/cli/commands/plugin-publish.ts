import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ApiClient } from '../api-client.ts'
import { CliError } from '../cli-error.ts'

/** The real npm client publishes; it gets the platform's credentials for this one call, and no file is touched. */
export async function publishPlugin(api: ApiClient, directory: string, tag: string): Promise<void> {
  const registry = new URL('/registry/', api.url)
  const args = ['publish', '--registry', registry.href, '--tag', tag, '--ignore-scripts']
  await runProgram('npm', args, directory, {
    [`npm_config_//${registry.host}${registry.pathname}:_authToken`]: await registryToken(api),
  })
}

/** Runs a program in a folder, with its output on ours. @throws CliError unless it ends with 0 */
export async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new CliError(`${program} ${args[0]} ended with ${code ?? 'a signal'}.`)
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
