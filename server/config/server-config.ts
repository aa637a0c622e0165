import type { PluginDefault } from '@pinion/core/namespace'
import type { PluginConfiguration } from './plugin-values.ts'

/** Everything the server was told, resolved and frozen. Durations in milliseconds, sizes in bytes, paths absolute. */
export interface ServerConfig {
  readonly server: {
    readonly port: number
    readonly host: string
    readonly terminationGraceMs: number
    /** Absent: the first start makes a password. Both stand or neither. */
    readonly admin: { readonly username: string; readonly password: string | undefined }
    readonly openUrls: readonly string[]
  }
  readonly dataDir: string
  /** Public address without a trailing slash, if one is configured. */
  readonly url: string | undefined
  readonly environment: { readonly name: string | undefined; readonly color: string | undefined }
  readonly datasource: Datasource
  readonly storage: { readonly local: { readonly basePath: string } }
  readonly plugins: {
    readonly management: {
      readonly enabled: boolean
      readonly remoteStorageEnabled: boolean
      readonly customPluginsEnabled: boolean
      readonly localRepositoryPath: string
      readonly autoReloadEnabled: boolean
      readonly autoReloadIntervalMs: number
      readonly defaultVersion: string
    }
    /** In the order of the configuration: they are asked in it. */
    readonly repositories: readonly RepositoryConfig[]
    readonly groups: Readonly<Record<string, string>>
    readonly defaults: readonly PluginDefault[]
    readonly configurations: readonly PluginConfiguration[]
    readonly security: { readonly includes: readonly string[]; readonly excludes: readonly string[] }
  }
  readonly registry: {
    readonly enabled: boolean
    readonly anonymousRead: boolean
    readonly scopes: readonly string[]
  }
  readonly limits: {
    readonly jsonBodyBytes: number
    readonly uploadBytes: number
    readonly inputFilesBytes: number
  }
  readonly variables: {
    /** `envs.*` in expressions: taken from the environment by prefix, names in lower case without it. */
    readonly envs: Readonly<Record<string, string>>
    readonly globals: Readonly<Record<string, string>>
    /** IANA id; absent: that of the machine. */
    readonly timeZone: string | undefined
  }
  /** The AES key in Base64. Never part of settings or logs. */
  readonly encryption: { readonly secretKey: string | undefined }
  /** By name in capitals: from `SECRET_<NAME>`, whose value is base64. Never part of settings or logs. */
  readonly secrets: Readonly<Record<string, string>>
  readonly log: { readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' }
}

export type Datasource =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'mysql'
      readonly host: string
      readonly port: number
      readonly database: string
      readonly username: string
      readonly password: string
      readonly maxConnections: number
    }

export interface RepositoryConfig {
  readonly name: string
  readonly url: string
  readonly username: string | undefined
  readonly password: string | undefined
  readonly token: string | undefined
  readonly scopes: readonly string[]
}
