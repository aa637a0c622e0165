import type { ValueKind } from './value-kind.ts'

/** One row of the configuration table. A `*` in `key` stands for a name that the administrator chooses. */
export interface ConfigKey<T> {
  /** Path below the root, in camelCase, such as `server.basicAuth.username`. */
  readonly key: string
  readonly kind: ValueKind<T>
  readonly fallback: T
  /** The default as shown in the docs, where the value itself would mislead. */
  readonly shownDefault?: string
  readonly description: string
  /** True: never shown, neither in docs nor by `pinion config explain`. */
  readonly secret: boolean
  /** Other paths of the same key: below the root, or absolute where an existing configuration has it elsewhere. */
  readonly aliases: readonly string[]
  /** Further environment variables, beside those that follow from the key. */
  readonly environment: readonly string[]
}

export interface ConfigKeyOptions {
  readonly secret?: boolean
  readonly aliases?: readonly string[]
  readonly environment?: readonly string[]
  readonly shownDefault?: string
}

export function configKey<T>(
  key: string,
  kind: ValueKind<T>,
  fallback: T,
  description: string,
  options: ConfigKeyOptions = {},
): ConfigKey<T> {
  return {
    key,
    kind,
    fallback,
    description,
    secret: options.secret ?? false,
    aliases: options.aliases ?? [],
    environment: options.environment ?? [],
    ...(options.shownDefault === undefined ? {} : { shownDefault: options.shownDefault }),
  }
}

/** Roots whose keys are ours; every other root (`datasources`, `micronaut`) is part of the key. */
export const ROOTS = ['pinion', 'kestra'] as const
/** Roots of other systems whose keys stand beside ours in an existing configuration; they are part of the key. */
export const FOREIGN_ROOTS: readonly string[] = ['datasources', 'micronaut', 'logger']
/** In order of precedence. */
export const ENVIRONMENT_PREFIXES = ['PINION_', 'KESTRA_'] as const

/** Compares names as written in any style: `basic-auth`, `basicAuth` and `BASIC_AUTH` are one. */
export function relax(name: string): string {
  return name.replaceAll(/[-_]/g, '').toLowerCase()
}

/** `server.basicAuth` as `SERVER_BASIC_AUTH`, without a prefix. */
export function environmentName(key: string): string {
  return key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[.-]/g, '_')
    .replaceAll('*', '<NAME>')
    .toUpperCase()
}

/** The environment variable to set a key by, as the docs show it. */
export function environmentVariable(key: string): string {
  const isForeign = FOREIGN_ROOTS.includes(key.split('.')[0] ?? '')
  return `${isForeign ? '' : ENVIRONMENT_PREFIXES[0]}${environmentName(key)}`
}
