import type { Problem } from '../errors.ts'
import { type ConfigKey, environmentVariable } from './config-key.ts'
import type { KeyIndex } from './key-index.ts'
import { configProblem, type Origin, showOrigin } from './origin.ts'
import { fillPlaceholders } from './placeholders.ts'
import type { RawEntry } from './yaml-source.ts'

/** One setting with where its value came from, for `pinion config explain`. Secrets are masked. */
export interface ConfigSetting {
  readonly key: string
  readonly value: unknown
  readonly origin: string
  readonly description: string
  readonly environment: string
}

const DEFAULT: Origin = { source: 'default' }

/** Reads settings by row of the table; collects what is wrong and where each came from. */
export class SettingReader {
  readonly problems: Problem[] = []
  readonly #entries: ReadonlyMap<string, RawEntry>
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #index: KeyIndex
  readonly #settings: ConfigSetting[] = []

  constructor(
    entries: ReadonlyMap<string, RawEntry>,
    environment: Readonly<Record<string, string | undefined>>,
    index: KeyIndex,
  ) {
    this.#entries = entries
    this.#environment = environment
    this.#index = index
  }

  /** @param name - what stands for the `*` of the key. @returns the default if the value has a fault. */
  read<T>(row: ConfigKey<T>, name?: string): T {
    const key = named(row, name)
    const entry = this.#entries.get(key)
    const value = entry === undefined ? row.fallback : this.#parse(row, key, entry)
    this.#settings.push({
      key,
      value: row.secret && entry !== undefined ? '********' : (value ?? null),
      origin: showOrigin(entry?.origin ?? DEFAULT),
      description: row.description,
      environment: environmentVariable(key),
    })
    return value
  }

  /** As {@link read}, with undefined for what is not set or empty. */
  find(row: ConfigKey<string>, name?: string): string | undefined {
    return this.read(row, name) || undefined
  }

  /** The names that stand for the `*` of a key, in the order they were written. */
  names(row: ConfigKey<unknown>): readonly string[] {
    const segments = row.key.split('.')
    const at = segments.indexOf('*')
    const before = `${segments.slice(0, at).join('.')}.`
    const found = [...this.#entries.keys()].filter((key) => key.startsWith(before))
    return [...new Set(found.map((key) => key.split('.')[at] ?? ''))]
  }

  fault(row: ConfigKey<unknown>, message: string, name?: string): void {
    const key = named(row, name)
    this.problems.push(configProblem(this.#entries.get(key)?.origin ?? DEFAULT, key, `"${key}" ${message}`))
  }

  settings(): readonly ConfigSetting[] {
    return this.#settings
  }

  #parse<T>(row: ConfigKey<T>, key: string, entry: RawEntry): T {
    try {
      const parsed = row.kind.parse(fillPlaceholders(entry.value, (name) => this.#lookUp(name)))
      if (parsed.ok) return parsed.value
      this.#report(entry, key, parsed.message, row.secret)
    } catch (error) {
      if (!(error instanceof RangeError || (error instanceof Error && error.name === 'YAMLParseError')))
        throw error
      this.#report(entry, key, error.message, row.secret)
    }
    return row.fallback
  }

  #report({ origin }: RawEntry, key: string, message: string, isSecret: boolean): void {
    this.problems.push(
      configProblem(origin, key, `"${key}" ${isSecret ? 'has a value that cannot be read.' : message}`),
    )
  }

  /** An environment variable first, then a key with or without its root. */
  #lookUp(name: string): string | undefined {
    const variable = this.#environment[name]
    if (variable !== undefined || !name.includes('.')) return variable
    const path = name.replace(/^(pinion|kestra)\./, '').split('.')
    const found = this.#index.find(path)
    if (found.is !== 'key') return undefined
    const value = this.#entries.get(found.key)?.value
    return value === undefined || typeof value === 'object' ? undefined : String(value)
  }
}

function named(row: ConfigKey<unknown>, name: string | undefined): string {
  return name === undefined ? row.key : row.key.replace('*', name)
}
