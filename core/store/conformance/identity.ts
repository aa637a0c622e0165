import { describe, expect, test } from 'vitest'
import { newId } from '../../id/index.ts'
import type { Store } from '../store.ts'
import { token, user } from './records.ts'

export function describeIdentity(openStore: () => Store): void {
  const users = () => openStore().users
  const tokens = () => openStore().tokens

  describe('users', () => {
    test('are found by id and by name in any case', async () => {
      const before = await users().count()
      const name = `Ännchen-${newId()}`
      const one = user({ username: name, role: 'admin', failedLogins: 2, lockedUntilMs: 5 })
      await users().save(one)
      expect(await users().findById(one.userId)).toStrictEqual(one)
      expect(await users().findByUsername(name.toUpperCase())).toStrictEqual(one)
      expect(await users().findByUsername(`${name} `)).toBeUndefined()
      expect(await users().list()).toContainEqual(one)
      expect(await users().count()).toBe(before + 1)
    })

    test('a name that is taken is a conflict, for a new user and for a renamed one', async () => {
      const one = user()
      const other = user()
      await users().save(one)
      await users().save(other)
      const username = one.username.toUpperCase()
      await expect(users().save(user({ username }))).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
      await expect(users().save({ ...other, username })).rejects.toMatchObject({ code: 'STORE_CONFLICT' })
      expect(await users().findById(one.userId)).toStrictEqual(one)
      expect(await users().findById(other.userId)).toStrictEqual(other)
      await users().save({ ...one, username })
      expect(await users().findByUsername(one.username)).toMatchObject({ userId: one.userId, username })
    })

    test('an update writes what is given and nothing else', async () => {
      const one = user({ failedLogins: 3, lockedUntilMs: 9 })
      await users().save(one)
      expect(await users().update(one.userId, { role: 'admin' })).toBe(true)
      expect(await users().findById(one.userId)).toStrictEqual({ ...one, role: 'admin' })
      expect(await users().update(one.userId, { failedLogins: 0, lockedUntilMs: null })).toBe(true)
      expect(await users().findById(one.userId)).not.toHaveProperty('lockedUntilMs')
      expect(await users().update(one.userId, { passwordHash: 'new' }, 'another')).toBe(false)
      expect(await users().update(one.userId, { passwordHash: 'new' }, one.passwordHash)).toBe(true)
      expect(await users().findById(one.userId)).toMatchObject({ passwordHash: 'new', failedLogins: 0 })
      expect(await users().update('nobody', { role: 'admin' })).toBe(false)
      expect(await users().update(one.userId, {})).toBe(false)
    })

    test('go with their tokens', async () => {
      const one = user()
      const own = token(one.userId)
      await users().save(one)
      await tokens().save(own)
      expect(await users().remove(one.userId)).toBe(true)
      expect(await users().remove(one.userId)).toBe(false)
      expect(await users().findByUsername(one.username)).toBeUndefined()
      expect(await tokens().findByHash(own.hash)).toBeUndefined()
    })
  })

  describe('API tokens', () => {
    test('are found by hash and listed by user, oldest first', async () => {
      const one = user()
      await users().save(one)
      const old = token(one.userId, { createdAtMs: 1 })
      const full = token(one.userId, { createdAtMs: 2, expiresAtMs: 3, revokedAtMs: 4, lastUsedAtMs: 5 })
      await tokens().save(full)
      await tokens().save(old)
      expect(await tokens().findByHash(full.hash)).toStrictEqual(full)
      expect(await tokens().findByHash(full.hash.toUpperCase())).toBeUndefined()
      expect(await tokens().listByUser(one.userId)).toStrictEqual([old, full])
      await tokens().save({ ...old, name: 'renamed' })
      expect(await tokens().findByHash(old.hash)).toMatchObject({ name: 'renamed' })
      await expect(tokens().save(token(one.userId, { hash: old.hash }))).rejects.toMatchObject({
        code: 'STORE_CONFLICT',
      })
    })

    test('are revoked once', async () => {
      const one = token(newId())
      await tokens().save(one)
      expect(await tokens().revoke(one.tokenId, 7)).toBe(true)
      expect(await tokens().revoke(one.tokenId, 8)).toBe(false)
      expect(await tokens().revoke('none', 8)).toBe(false)
      expect(await tokens().findByHash(one.hash)).toStrictEqual({ ...one, revokedAtMs: 7 })
    })

    test('remember the latest use, whatever the order in which it is told', async () => {
      const [one, other] = [token(newId()), token(newId())]
      await tokens().save(one)
      await tokens().save(other)
      await tokens().touch(new Map())
      await tokens().touch(
        new Map([
          [one.tokenId, 20],
          [other.tokenId, 30],
          ['none', 1],
        ]),
      )
      await tokens().touch(new Map([[one.tokenId, 10]]))
      expect(await tokens().findByHash(one.hash)).toMatchObject({ lastUsedAtMs: 20 })
      expect(await tokens().findByHash(other.hash)).toMatchObject({ lastUsedAtMs: 30 })
    })
  })
}
