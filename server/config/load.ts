import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ServerError } from '../errors.ts'
import { CONFIG_KEYS } from './keys.ts'
import { type ConfigSources, type ResolvedConfig, resolveConfig } from './resolve.ts'

export interface LoadOptions extends Pick<ConfigSources, 'environment' | 'overrides'> {
  /** From the command line; it must exist. Without it, `config.yaml` in the data folder is read if it is there. */
  readonly file?: string
}

/**
 * Reads the configuration file and resolves everything.
 *
 * @throws ServerError `CONFIG_INVALID`
 */
export async function loadConfig(options: LoadOptions): Promise<ResolvedConfig> {
  const { file, ...sources } = options
  const path = file ?? join(dataDirOf(sources), 'config.yaml')
  const text = await readText(path, file !== undefined)
  return resolveConfig(text === undefined ? sources : { ...sources, file: { path, text } })
}

/** The data folder cannot be named by a file that lies in it: option, variable or default. */
function dataDirOf({ overrides, environment }: Pick<ConfigSources, 'environment' | 'overrides'>): string {
  const given = overrides?.find(({ key }) => key === CONFIG_KEYS.dataDir.key)?.value
  return resolve(
    typeof given === 'string'
      ? given
      : (environment['PINION_DATA_DIR'] ?? environment['KESTRA_DATA_DIR'] ?? CONFIG_KEYS.dataDir.fallback),
  )
}

async function readText(path: string, isRequired: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (!isRequired && error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new ServerError('CONFIG_INVALID', `The configuration file ${path} cannot be read.`, {
      hint: 'Check the path and its permissions.',
      cause: error,
    })
  }
}
