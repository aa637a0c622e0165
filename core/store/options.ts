/** One file, one process. */
export interface SqliteOptions {
  readonly client: 'sqlite'
  /** Made, with its folder, if it is not there. */
  readonly file: string
}

/** MySQL 8 or MariaDB 10.6 and later, shared by any number of processes. */
export interface MysqlOptions {
  readonly client: 'mysql'
  /** Ignored if `socketPath` is set. Default: localhost. */
  readonly host?: string
  /** Default: 3306. */
  readonly port?: number
  readonly socketPath?: string
  readonly user: string
  readonly password: string
  /** Must exist, be used by nothing else, and the user may create tables in it. */
  readonly database: string
  /** Connections at most. Default: 10. */
  readonly poolSize?: number
  /** Milliseconds without an answer after which the database counts as unreachable. Default: 30,000. */
  readonly queryTimeoutMs?: number
  /** Absent: no encryption. */
  readonly tls?: TlsOptions
}

/** PEM texts. */
export interface TlsOptions {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** Default: true. */
  readonly rejectUnauthorized?: boolean
}

export type StoreOptions = SqliteOptions | MysqlOptions
