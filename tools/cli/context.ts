import type { Command } from 'commander'
import { ApiClient } from './api-client.ts'
import { CliError } from './cli-error.ts'
import type { CliVariable } from './environment.ts'
import { EXIT } from './exit-codes.ts'
import { FORMATS, type Format, type Terminal } from './terminal.ts'

/** Options that every command takes. */
export interface GlobalOptions {
  readonly url?: string
  readonly tenant?: string
  readonly user?: string
  readonly token?: string
  readonly output?: string
}

/** What a command works with. */
export interface CliContext {
  readonly terminal: Terminal
  readonly format: Format
  readonly api: ApiClient
}

/** Gives a command its context once its options are known. */
export type ContextOf = (command: Command) => CliContext

/** Flags win over the environment. */
export function createContext(
  options: GlobalOptions,
  env: NodeJS.ProcessEnv,
  terminal: Terminal,
): CliContext {
  const format = FORMATS.find((known) => known === (options.output ?? 'table'))
  if (format === undefined) {
    throw new CliError(`--output is ${FORMATS.join(', ')}, not ${options.output}.`, { exitCode: EXIT.usage })
  }
  const variable = (name: CliVariable): string | undefined => env[name]
  const url = options.url ?? variable('PINION_URL') ?? 'http://localhost:8080'
  if (!URL.canParse(url)) throw new CliError(`${url} is not a URL.`, { exitCode: EXIT.usage })
  const token = options.token ?? variable('PINION_TOKEN')
  const user = options.user ?? variable('PINION_USER')
  const authorization =
    token !== undefined
      ? `Bearer ${token}`
      : user === undefined
        ? undefined
        : `Basic ${Buffer.from(user).toString('base64')}`
  return {
    terminal,
    format,
    api: new ApiClient({
      url,
      tenant: options.tenant ?? variable('PINION_TENANT') ?? 'main',
      ...(authorization === undefined ? {} : { authorization }),
    }),
  }
}
