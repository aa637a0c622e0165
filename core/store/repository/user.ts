import type { User, UserRepository } from '../../identity/index.ts'
import type { Database } from '../database/database.ts'
import { compile, type Row, sql } from '../database/query.ts'
import { isStoreError, StoreError } from '../errors.ts'
import { MAX_ID_CHARS, MAX_NAME_CHARS } from '../limits.ts'
import { boundedKey } from './bounds.ts'
import { type Draft, number, oneOf, optionalNumber, text } from './column.ts'
import { USER_ROLES } from './known-words.ts'

export function createUserRepository(database: Database): UserRepository {
  const findBy = async (column: 'user_id' | 'username_key', value: string): Promise<User | undefined> => {
    const query = sql(`SELECT * FROM users WHERE ${column} = ?`, value)
    const [row] = await database.read((session) => session.all(query))
    return row === undefined ? undefined : toUser(row)
  }
  return {
    findById: (userId) => findBy('user_id', userId),

    findByUsername: (username) => findBy('username_key', username.toLowerCase()),

    async list() {
      const rows = await database.read((session) =>
        session.all(sql('SELECT * FROM users ORDER BY username_key')),
      )
      return rows.map(toUser)
    },

    async save(user) {
      const userId = boundedKey(user.userId, MAX_ID_CHARS, 'user id')
      const rest = [
        boundedKey(user.username, MAX_NAME_CHARS, 'username'),
        boundedKey(user.username.toLowerCase(), MAX_NAME_CHARS, 'username'),
        boundedKey(user.passwordHash, MAX_NAME_CHARS, 'password hash'),
        user.role,
        user.createdAtMs,
        user.failedLogins,
        user.lockedUntilMs ?? null,
      ]
      // Not an upsert: MySQL's would replace whoever else has the username.
      const update = sql(
        `UPDATE users SET username = ?, username_key = ?, password_hash = ?, role = ?, created_at_ms = ?,
          failed_logins = ?, locked_until_ms = ? WHERE user_id = ?`,
        ...rest,
        userId,
      )
      const insert = sql(
        `INSERT INTO users (username, username_key, password_hash, role, created_at_ms, failed_logins,
          locked_until_ms, user_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        ...rest,
        userId,
      )
      try {
        await database.write(async (session) => {
          if ((await session.run(update)) === 0) await session.run(insert)
        })
      } catch (error) {
        if (!isStoreError(error, 'STORE_CONFLICT')) throw error
        throw new StoreError('STORE_CONFLICT', `The username "${user.username}" is taken.`, {
          cause: error,
          hint: 'Choose another; capital and small letters count as the same.',
        })
      }
    },

    async update(userId, changes, expectedPasswordHash) {
      const columns = {
        ...(changes.passwordHash === undefined
          ? {}
          : { password_hash: boundedKey(changes.passwordHash, MAX_NAME_CHARS, 'password hash') }),
        ...(changes.role === undefined ? {} : { role: changes.role }),
        ...(changes.failedLogins === undefined ? {} : { failed_logins: changes.failedLogins }),
        ...(changes.lockedUntilMs === undefined ? {} : { locked_until_ms: changes.lockedUntilMs }),
      }
      if (Object.keys(columns).length === 0) return false
      const update = database.builder.from('users').where('user_id', userId).update(columns)
      if (expectedPasswordHash !== undefined) update.where('password_hash', expectedPasswordHash)
      return (await database.write((session) => session.run(compile(update)))) > 0
    },

    async remove(userId) {
      return database.write(async (session) => {
        await session.run(sql('DELETE FROM api_tokens WHERE user_id = ?', userId))
        return (await session.run(sql('DELETE FROM users WHERE user_id = ?', userId))) > 0
      })
    },

    async count() {
      const [row] = await database.read((session) => session.all(sql('SELECT COUNT(*) AS total FROM users')))
      return row === undefined ? 0 : number(row, 'total')
    },
  }
}

function toUser(row: Row): User {
  const user: Draft<User> = {
    userId: text(row, 'user_id'),
    username: text(row, 'username'),
    passwordHash: text(row, 'password_hash'),
    role: oneOf(row, 'role', USER_ROLES),
    createdAtMs: number(row, 'created_at_ms'),
    failedLogins: number(row, 'failed_logins'),
  }
  const lockedUntilMs = optionalNumber(row, 'locked_until_ms')
  if (lockedUntilMs !== undefined) user.lockedUntilMs = lockedUntilMs
  return user
}
