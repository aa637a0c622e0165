import { randomInt } from 'node:crypto'
import { IdentityError, type UserService } from '@pinion/core/identity'
import type { ServerConfig } from '../config/index.ts'
import { ServerError } from '../errors.ts'

/** How to sign in, as far as a person has to be told. */
export interface FirstAdmin {
  readonly username: string
  /** Only when it was made just now; kept nowhere but as a hash. */
  readonly generatedPassword?: string
}

// Without what looks alike, since people type it from a screen.
const PASSWORD_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789'
const PASSWORD_LENGTH = 20

/**
 * Makes sure that somebody can sign in. A configured password wins over a stored one: it is how a lost one is recovered.
 * Without one the first start makes one up.
 *
 * @throws ServerError `CONFIG_INVALID` if the configured name or password is not acceptable
 */
export async function ensureAdmin(
  users: UserService,
  configured: ServerConfig['server']['admin'],
): Promise<FirstAdmin> {
  const { username, password } = configured
  if (password !== undefined) {
    await setAdmin(users, username, password).catch((error: unknown) => {
      throw error instanceof IdentityError ? unacceptable(error) : error
    })
    return { username }
  }
  if ((await users.countUsers()) > 0) return { username }
  const generatedPassword = Array.from(
    { length: PASSWORD_LENGTH },
    () => PASSWORD_ALPHABET[randomInt(PASSWORD_ALPHABET.length)],
  ).join('')
  await users.createUser({ username, password: generatedPassword, role: 'admin' })
  return { username, generatedPassword }
}

async function setAdmin(users: UserService, username: string, password: string): Promise<void> {
  const user = await users.findUser(username)
  if (user === undefined) {
    await users.createUser({ username, password, role: 'admin' })
    return
  }
  if (user.role !== 'admin') await users.changeRole(user.userId, 'admin')
  const { outcome } = await users.verifyPassword(username, password)
  if (outcome !== 'accepted') await users.changePassword(user.userId, password)
}

function unacceptable(error: IdentityError): ServerError {
  return new ServerError('CONFIG_INVALID', `The administrator cannot be made: ${error.message}`, {
    hint: 'Change PINION_ADMIN_USERNAME and PINION_ADMIN_PASSWORD, or server.basicAuth.',
    problems: error.problems.map(({ field, message }) => ({ path: `server.basicAuth.${field}`, message })),
    cause: error,
  })
}
