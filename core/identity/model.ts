export const ROLES = ['admin', 'editor', 'launcher', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export interface User {
  readonly userId: string
  /** Unique, compared in lower case. */
  readonly username: string
  readonly passwordHash: string
  readonly role: Role
  readonly createdAtMs: number
  readonly failedLogins: number
  readonly lockedUntilMs?: number
}

/** An API token; only the hash of its secret part is kept. It is valid for the API and for the registry alike. */
export interface ApiToken {
  readonly tokenId: string
  readonly userId: string
  readonly name: string
  /** Hex sha256 of the token's text. */
  readonly hash: string
  readonly createdAtMs: number
  readonly expiresAtMs?: number
  readonly revokedAtMs?: number
  readonly lastUsedAtMs?: number
}

/** Who asks; goes with every service call. */
export interface Principal {
  readonly userId: string
  readonly username: string
  readonly role: Role
  readonly tenant: string
}

/** What changes about a user by itself, each apart, so that a failed login never undoes a new password. */
export interface UserChanges {
  readonly passwordHash?: string
  readonly role?: Role
  readonly failedLogins?: number
  /** null: unlocked. */
  readonly lockedUntilMs?: number | null
}

/** Kept by `core/store`. */
export interface UserRepository {
  findById(userId: string): Promise<User | undefined>
  findByUsername(username: string): Promise<User | undefined>
  list(): Promise<readonly User[]>
  /** Inserts or replaces by id. @throws StoreError `STORE_CONFLICT` if the username is another's. */
  save(user: User): Promise<void>
  /**
   * Writes what is given and nothing else.
   *
   * @param expectedPasswordHash - if given, nothing is written unless it is still the stored one
   * @returns false if nothing was written
   */
  update(userId: string, changes: UserChanges, expectedPasswordHash?: string): Promise<boolean>
  /** With the tokens. */
  remove(userId: string): Promise<boolean>
  count(): Promise<number>
}

export interface ApiTokenRepository {
  findByHash(hash: string): Promise<ApiToken | undefined>
  listByUser(userId: string): Promise<readonly ApiToken[]>
  save(token: ApiToken): Promise<void>
  revoke(tokenId: string, revokedAtMs: number): Promise<boolean>
  /** Bulk, off the path: when each token was last used. */
  touch(uses: ReadonlyMap<string, number>): Promise<void>
}
