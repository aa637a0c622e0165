/** One npm registry, as the operator configures it. */
export interface RepositoryOptions {
  /** What it is called in errors and in what is found. */
  readonly name: string
  /** Its base, such as `https://npm.example.com/`. */
  readonly url: string
  readonly token?: string
  readonly username?: string
  readonly password?: string
  /** Scopes (`@acme`) that are taken from here and from no repository that does not list them too. */
  readonly scopes?: readonly string[]
  /** Default true. */
  readonly enabled?: boolean
}

export interface PackageClientOptions {
  /** Asked in this order; the first that has a package provides it. */
  readonly repositories: readonly RepositoryOptions[]
  /** Where answers are kept that a repository then only has to confirm. */
  readonly cacheDir: string
  readonly timeouts?: Partial<ClientTimeouts>
  readonly limits?: Partial<ClientLimits>
}

export interface ClientTimeouts {
  /** Milliseconds for a packument or a search, retries included. Default 15,000. */
  readonly requestMs: number
  /** Milliseconds for a tarball. Default 120,000. */
  readonly downloadMs: number
}

export interface ClientLimits {
  readonly maxPackumentBytes: number
  readonly maxSearchBytes: number
  readonly maxRememberedPackages: number
}
