import { createHmac, randomBytes } from 'node:crypto'
import { BoundedMap } from './bounded-map.ts'
import { HashQueue } from './hash-queue.ts'
import {
  MAX_PASSWORD_BYTES,
  MAX_REMEMBERED_PASSWORDS,
  MAX_UNKNOWN_NAMES,
  MAX_USERNAME_CHARS,
  REMEMBER_PASSWORD_MS,
} from './limits.ts'
import type { User, UserRepository } from './model.ts'
import { hashPassword, isOutdated, matchesHash, type ScryptSettings } from './password-hash.ts'

export type PasswordCheck =
  | { readonly outcome: 'accepted'; readonly user: User }
  | { readonly outcome: 'rejected' }
  /** Not even looked at. `untilMs`: Unix epoch in milliseconds. */
  | { readonly outcome: 'locked'; readonly untilMs: number }

export interface PasswordSettings {
  readonly scrypt: ScryptSettings
  /** Failures in a row after which a name is locked. */
  readonly maxFailedLogins: number
  /** Milliseconds. */
  readonly lockMs: number
}

interface Failures {
  readonly failedLogins: number
  readonly lockedUntilMs?: number
}

/**
 * Checks passwords. A name that nobody has costs the same work and locks the same way as one that somebody has, so
 * that neither time nor answer tells which names exist.
 */
export class Passwords {
  readonly #users: UserRepository
  readonly #settings: PasswordSettings
  readonly #clock: () => number
  readonly #hashes = new HashQueue()
  readonly #unknown = new BoundedMap<string, Failures>(MAX_UNKNOWN_NAMES)
  /** Digests of what was right, and until when that is believed. Keyed, so that a heap dump holds no password's hash. */
  readonly #remembered = new BoundedMap<string, number>(MAX_REMEMBERED_PASSWORDS)
  readonly #digestKey = randomBytes(32)
  /** What a password is compared with where there is no user. */
  readonly #decoy: Promise<string>

  constructor(users: UserRepository, settings: PasswordSettings, clock: () => number) {
    this.#users = users
    this.#settings = settings
    this.#clock = clock
    this.#decoy = this.hash(randomBytes(16).toString('hex'))
  }

  /** @throws IdentityError `IDENTITY_BUSY` */
  hash(password: string): Promise<string> {
    return this.#hashes.run(() => hashPassword(password, this.#settings.scrypt))
  }

  /** @throws IdentityError `IDENTITY_BUSY` */
  async check(username: string, password: string): Promise<PasswordCheck> {
    const user = await this.#users.findByUsername(username)
    const isTooLong = Buffer.byteLength(password) > MAX_PASSWORD_BYTES
    const digest = user === undefined || isTooLong ? undefined : this.#digest(user, password)
    // Before the lock: somebody else's guesses do not shut out a client that is at work.
    if (user !== undefined && digest !== undefined && this.#isRemembered(digest))
      return { outcome: 'accepted', user }

    const name = username.toLowerCase().slice(0, MAX_USERNAME_CHARS)
    const lockedUntilMs = (user ?? this.#unknown.get(name))?.lockedUntilMs ?? 0
    if (lockedUntilMs > this.#clock()) return { outcome: 'locked', untilMs: lockedUntilMs }

    const stored = user?.passwordHash ?? (await this.#decoy)
    const isRight = await this.#hashes.run(() => matchesHash(isTooLong ? '' : password, stored))
    if (user !== undefined && digest !== undefined && isRight) return this.#accept(user, password)
    await this.#reject(name, user)
    return { outcome: 'rejected' }
  }

  async #accept(user: User, password: string): Promise<PasswordCheck> {
    if (user.failedLogins > 0 || user.lockedUntilMs !== undefined) {
      await this.#users.update(user.userId, { failedLogins: 0, lockedUntilMs: null })
    }
    const current = isOutdated(user.passwordHash, this.#settings.scrypt)
      ? await this.#rehash(user, password)
      : user
    this.#remembered.set(this.#digest(current, password), this.#clock() + REMEMBER_PASSWORD_MS)
    return { outcome: 'accepted', user: current }
  }

  /** Settings grow with the machines; the password is at hand only now. */
  async #rehash(user: User, password: string): Promise<User> {
    const passwordHash = await this.hash(password)
    const isWritten = await this.#users.update(user.userId, { passwordHash }, user.passwordHash)
    return isWritten ? { ...user, passwordHash } : user
  }

  async #reject(name: string, user: User | undefined): Promise<void> {
    // Read again: others may have failed while this one was being checked.
    const current = user === undefined ? undefined : await this.#users.findById(user.userId)
    const failedLogins = ((current ?? this.#unknown.get(name))?.failedLogins ?? 0) + 1
    const isLocked = failedLogins >= this.#settings.maxFailedLogins
    const after = isLocked
      ? { failedLogins: 0, lockedUntilMs: this.#clock() + this.#settings.lockMs }
      : { failedLogins }
    if (user === undefined) this.#unknown.set(name, after)
    else await this.#users.update(user.userId, after)
  }

  #isRemembered(digest: string): boolean {
    const untilMs = this.#remembered.get(digest)
    return untilMs !== undefined && untilMs > this.#clock()
  }

  /** Of the stored hash too: a changed password is forgotten by itself. */
  #digest(user: User, password: string): string {
    const parts = JSON.stringify([user.userId, user.passwordHash, password])
    return createHmac('sha256', this.#digestKey).update(parts).digest('base64')
  }
}
