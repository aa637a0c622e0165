import { type Problem, ServerError } from '../errors.ts'
import { buildConfig } from './build.ts'
import { type ConfigKey, ENVIRONMENT_PREFIXES, FOREIGN_ROOTS } from './config-key.ts'
import { KeyIndex } from './key-index.ts'
import { CONFIG_KEYS, KEYS_WITHOUT_EFFECT } from './keys.ts'
import { configProblem, type Origin, showOrigin } from './origin.ts'
import type { ServerConfig } from './server-config.ts'
import { type ConfigSetting, SettingReader } from './setting-reader.ts'
import { type RawEntry, type ReadSource, readYamlSource } from './yaml-source.ts'

export interface ConfigSources {
  /** The configuration file, if there is one. */
  readonly file?: { readonly path: string; readonly text: string }
  readonly environment: Readonly<Record<string, string | undefined>>
  /** From the command line, by key; they win. `source` is how a person gave it, such as `--port`. */
  readonly overrides?: readonly { readonly key: string; readonly value: unknown; readonly source: string }[]
}

export interface ResolvedConfig {
  readonly config: ServerConfig
  readonly settings: readonly ConfigSetting[]
  /** Keys without effect and environment variables that look mistyped. */
  readonly warnings: readonly Problem[]
}

/** Environment variables that hold a whole configuration as YAML; the later one wins. */
const CONFIGURATION_VARIABLES = ['KESTRA_CONFIGURATION', 'PINION_CONFIGURATION']
/** What the command line client reads for itself; not keys of the server. */
const CLIENT_VARIABLES = ['PINION_TENANT', 'PINION_USER', 'PINION_TOKEN']

/**
 * Turns the sources into one frozen configuration. Pure. Precedence, lowest first: file, configuration variable, single
 * environment variables, command line.
 *
 * @throws ServerError `CONFIG_INVALID` with every fault of every source in `problems`
 */
export function resolveConfig(sources: ConfigSources): ResolvedConfig {
  const index = new KeyIndex(Object.values<ConfigKey<unknown>>(CONFIG_KEYS), KEYS_WITHOUT_EFFECT)
  const read: ReadSource = { entries: [], problems: [], warnings: [] }
  const add = (source: ReadSource): void => {
    read.problems.push(...source.problems, ...conflicts(source.entries))
    read.warnings.push(...source.warnings)
    read.entries.push(...source.entries)
  }
  if (sources.file) add(readYamlSource(sources.file.text, sources.file.path, index))
  for (const name of CONFIGURATION_VARIABLES) {
    const text = sources.environment[name]
    if (text !== undefined) add(readYamlSource(text, `environment variable ${name}`, index))
  }
  const entries = new Map(read.entries.map((entry) => [entry.key, entry]))
  const environment = readEnvironment(sources.environment, index, entries)
  read.warnings.push(...environment.warnings)
  for (const entry of environment.entries) entries.set(entry.key, entry)
  for (const { key, value, source } of sources.overrides ?? [])
    entries.set(key, { key, value, origin: { source } })

  const reader = new SettingReader(entries, sources.environment, index)
  const config = buildConfig(reader, sources.environment)
  const problems = [...read.problems, ...reader.problems]
  if (problems.length > 0 || config === undefined) throw configError(problems)
  return { config: deepFreeze(config), settings: reader.settings(), warnings: read.warnings }
}

function configError(problems: readonly Problem[]): ServerError {
  const lines = problems.map(({ message, hint }) => `  ${message}${hint === undefined ? '' : ` ${hint}`}`)
  const title =
    problems.length === 1
      ? 'The configuration has a fault'
      : `The configuration has ${problems.length} faults`
  return new ServerError('CONFIG_INVALID', `${title}:\n${lines.join('\n')}`, {
    problems,
    hint: 'docs/configuration.md lists every key; "pinion config explain" shows what is in effect.',
  })
}

/** The same key twice in one source, in two spellings or below two roots, contradicts itself. */
function conflicts(entries: readonly RawEntry[]): readonly Problem[] {
  const first = new Map<string, Origin>()
  const problems: Problem[] = []
  for (const { key, origin } of entries) {
    const earlier = first.get(key)
    if (earlier)
      problems.push(configProblem(origin, key, `"${key}" is set twice; first at ${showOrigin(earlier)}.`))
    else first.set(key, origin)
  }
  return problems
}

function readEnvironment(
  environment: ConfigSources['environment'],
  index: KeyIndex,
  known: ReadonlyMap<string, RawEntry>,
): ReadSource {
  const read: ReadSource = { entries: [], problems: [], warnings: [] }
  const names = Object.keys(environment).sort((a, b) => precedence(a) - precedence(b) || (a < b ? -1 : 1))
  for (const name of names) {
    const value = environment[name]
    const isForeign = FOREIGN_ROOTS.some((root) => name.startsWith(`${root.toUpperCase()}_`))
    const isOurs = precedence(name) > 0
    if (value === undefined || CONFIGURATION_VARIABLES.includes(name) || !(isOurs || isForeign)) continue
    const key = index.findEnvironment(name, known.keys())
    const origin = { source: `environment variable ${name}` }
    if (key !== undefined) read.entries.push({ key, value, origin })
    // Only a warning: the environment belongs to other programs too, a file is ours alone.
    else if (isOurs && !CLIENT_VARIABLES.includes(name))
      read.warnings.push(unknownVariable(name, origin, index))
  }
  return read
}

/** PINION_ wins over KESTRA_, and both over a foreign root's own name. */
function precedence(variable: string): number {
  const at = ENVIRONMENT_PREFIXES.findIndex((prefix) => variable.startsWith(prefix))
  return at === -1 ? 0 : ENVIRONMENT_PREFIXES.length - at
}

function unknownVariable(name: string, origin: Origin, index: KeyIndex): Problem {
  const nearest = index.nearestEnvironment(name)
  return configProblem(origin, name, 'No such setting.', nearest && `Did you mean ${nearest}?`)
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const item of Object.values(value)) deepFreeze(item)
  }
  return value
}
