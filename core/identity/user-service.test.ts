import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openStore, type Store } from '../store/index.ts'
import { MAX_WAITING_HASHES, REMEMBER_PASSWORD_MS, TOKEN_CACHE_MS } from './limits.ts'
import { createUserService, type UserService } from './user-service.ts'

const FAST = { cost: 2, blockSize: 8, parallelization: 1 }
const PASSWORD = 'correct horse'

let folder: string
let store: Store
let nowMs: number
let service: UserService

function newService(scrypt = FAST): UserService {
  return createUserService({
    users: store.users,
    tokens: store.tokens,
    clock: () => nowMs,
    settings: { scrypt, maxFailedLogins: 3, lockMs: 1_000 },
  })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinion-identity-'))
})
afterAll(() => rm(folder, { recursive: true }))
beforeEach(async () => {
  nowMs = 1_700_000_000_000
  store = await openStore({ client: 'sqlite', file: join(folder, `${crypto.randomUUID()}.db`) })
  service = newService()
})
afterEach(async () => {
  await service.close()
  await store.close()
})

describe('A user', () => {
  test('signs in by name in any case, and by the right password only', async () => {
    const user = await service.createUser({ username: 'Ann', password: PASSWORD, role: 'editor' })
    expect(await service.verifyPassword('aNN', PASSWORD)).toEqual({
      outcome: 'accepted',
      principal: { userId: user.userId, username: 'Ann', role: 'editor', tenant: 'main' },
    })
    expect(await service.verifyPassword('ann', 'Correct horse')).toEqual({ outcome: 'rejected' })
    expect(await service.verifyPassword('ann', '')).toEqual({ outcome: 'rejected' })
    expect(await service.verifyPassword('bob', PASSWORD)).toEqual({ outcome: 'rejected' })
  })

  test('is kept without the password', async () => {
    await service.createUser({ username: 'ann', password: PASSWORD, role: 'viewer' })
    const stored = await store.users.findByUsername('ann')
    expect(stored?.passwordHash).toMatch(/^scrypt\$2\$8\$1\$/)
    expect(JSON.stringify(stored)).not.toContain(PASSWORD)
  })

  test('may have a password of any characters, however they were composed', async () => {
    await service.createUser({ username: 'ann', password: 'pässwörd 😀 \0', role: 'viewer' })
    const decomposed = 'pässwörd 😀 \0'.normalize('NFD')
    expect(await service.verifyPassword('ann', decomposed)).toMatchObject({ outcome: 'accepted' })
  })

  test('is refused with every fault at once', async () => {
    for (const username of ['', 'a b', 'a:b', 'a\nb', 'x'.repeat(129), 'a\u200bb']) {
      await expect(service.createUser({ username, password: 'short', role: 'viewer' })).rejects.toMatchObject(
        {
          code: 'IDENTITY_INPUT_INVALID',
          problems: [{ field: 'username' }, { field: 'password' }],
        },
      )
    }
    const password = 'x'.repeat(1_025)
    await expect(service.createUser({ username: 'ann', password, role: 'viewer' })).rejects.toMatchObject({
      problems: [{ field: 'password' }],
    })
  })

  test('cannot take a name that is taken, also not at the same instant', async () => {
    const made = await Promise.allSettled(
      ['ann', 'ANN', 'Ann'].map((username) =>
        service.createUser({ username, password: PASSWORD, role: 'viewer' }),
      ),
    )
    expect(made.filter((each) => each.status === 'fulfilled')).toHaveLength(1)
    for (const each of made) {
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'IDENTITY_USERNAME_TAKEN' })
    }
    expect(await service.countUsers()).toBe(1)
  })

  test('who changed the password signs in by the new one only', async () => {
    const { userId } = await service.createUser({ username: 'ann', password: PASSWORD, role: 'viewer' })
    await service.verifyPassword('ann', PASSWORD)
    await service.changePassword(userId, 'another horse')
    expect(await service.verifyPassword('ann', PASSWORD)).toEqual({ outcome: 'rejected' })
    expect(await service.verifyPassword('ann', 'another horse')).toMatchObject({ outcome: 'accepted' })
    await expect(service.changePassword('nobody', PASSWORD)).rejects.toMatchObject({
      code: 'IDENTITY_USER_NOT_FOUND',
    })
  })

  test('is hashed anew when the settings changed', async () => {
    await service.createUser({ username: 'ann', password: PASSWORD, role: 'viewer' })
    const stronger = newService({ cost: 4, blockSize: 8, parallelization: 1 })
    expect(await stronger.verifyPassword('ann', PASSWORD)).toMatchObject({ outcome: 'accepted' })
    expect((await store.users.findByUsername('ann'))?.passwordHash).toMatch(/^scrypt\$4\$/)
    expect(await stronger.verifyPassword('ann', PASSWORD)).toMatchObject({ outcome: 'accepted' })
    expect(await stronger.verifyPassword('ann', 'wrong')).toEqual({ outcome: 'rejected' })
    await stronger.close()
  })

  test('with a hash that nobody wrote cannot sign in', async () => {
    const user = await service.createUser({ username: 'ann', password: PASSWORD, role: 'viewer' })
    for (const passwordHash of ['', 'plain', 'scrypt$1$1$1$x$y', PASSWORD]) {
      await store.users.save({ ...user, passwordHash })
      expect(await newService().verifyPassword('ann', PASSWORD)).toEqual({ outcome: 'rejected' })
    }
  })
})

describe('After too many failures', () => {
  const fail = async (username: string, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      expect(await service.verifyPassword(username, 'wrong')).toEqual({ outcome: 'rejected' })
    }
  }

  test.for(['ann', 'nobody'])(
    'the name %s is locked for a while, whether or not somebody has it',
    async (username) => {
      await service.createUser({ username: 'ann', password: PASSWORD, role: 'viewer' })
      await fail(username, 3)
      expect(await service.verifyPassword(username, PASSWORD)).toEqual({
        outcome: 'locked',
        untilMs: nowMs + 1_000,
      })
      nowMs += 1_000
      await fail(username, 1)
    },
  )

  test('the right password works again once the time is over', async () => {
    await service.createUser({ username: 'ann', password: PASSWORD, role: 'viewer' })
    await fail('ann', 3)
    nowMs += 1_000
    expect(await service.verifyPassword('ann', PASSWORD)).toMatchObject({ outcome: 'accepted' })
    expect(await store.users.findByUsername('ann')).toMatchObject({ failedLogins: 0 })
    expect(await store.users.findByUsername('ann')).not.toHaveProperty('lockedUntilMs')
  })

  test('a success in between starts the count again', async () => {
    await service.createUser({ username: 'ann', password: PASSWORD, role: 'viewer' })
    await fail('ann', 2)
    await service.verifyPassword('ann', PASSWORD)
    await fail('ann', 2)
    expect(await newService().verifyPassword('ann', PASSWORD)).toMatchObject({ outcome: 'accepted' })
  })

  test('a client that was signed in goes on, until its password would be hashed again', async () => {
    await service.createUser({ username: 'ann', password: PASSWORD, role: 'viewer' })
    await service.verifyPassword('ann', PASSWORD)
    await fail('ann', 3)
    expect(await service.verifyPassword('ann', PASSWORD)).toMatchObject({ outcome: 'accepted' })
    const later = await store.users.findByUsername('ann')
    nowMs += REMEMBER_PASSWORD_MS
    if (later !== undefined) await store.users.save({ ...later, lockedUntilMs: nowMs + 1 })
    expect(await service.verifyPassword('ann', PASSWORD)).toEqual({ outcome: 'locked', untilMs: nowMs + 1 })
  })

  test('a new password unlocks', async () => {
    const { userId } = await service.createUser({ username: 'ann', password: PASSWORD, role: 'viewer' })
    await fail('ann', 3)
    await service.changePassword(userId, 'another horse')
    expect(await service.verifyPassword('ann', 'another horse')).toMatchObject({ outcome: 'accepted' })
  })
})

test('a flood of logins is turned away, not queued without end', async () => {
  await service.createUser({ username: 'ann', password: PASSWORD, role: 'viewer' })
  const slow = newService({ cost: 2 ** 12, blockSize: 8, parallelization: 1 })
  const flood = await Promise.allSettled(
    Array.from({ length: MAX_WAITING_HASHES * 2 }, (_, index) => slow.verifyPassword(`name${index}`, 'x')),
  )
  const turnedAway = flood.filter((each) => each.status === 'rejected')
  expect(turnedAway.length).toBeGreaterThan(0)
  expect(turnedAway.length).toBeLessThanOrEqual(MAX_WAITING_HASHES)
  for (const each of turnedAway) expect(each.reason).toMatchObject({ code: 'IDENTITY_BUSY' })
  expect(await slow.verifyPassword('ann', PASSWORD)).toMatchObject({ outcome: 'accepted' })
  await slow.close()
})

describe('A token', () => {
  const mint = async (expiresAtMs?: number) => {
    const user = await service.createUser({ username: 'ann', password: PASSWORD, role: 'launcher' })
    const request = { userId: user.userId, name: 'ci', ...(expiresAtMs === undefined ? {} : { expiresAtMs }) }
    return { user, ...(await service.mintToken(request)) }
  }

  test('stands for its user, and is kept as a hash only', async () => {
    const { user, token, text } = await mint()
    expect(text).toMatch(/^pin_[0-9A-Za-z]{43}$/)
    expect(token.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(await service.authenticate(text)).toEqual({
      userId: user.userId,
      username: 'ann',
      role: 'launcher',
      tenant: 'main',
    })
    expect(await service.listTokens(user.userId)).toEqual([token])
    expect(JSON.stringify(await service.listTokens(user.userId))).not.toContain(text.slice(4))
  })

  test.for(['', 'pin_', 'pin_x', 'Bearer x', `pin_${'x'.repeat(300)}`, "pin_' OR 1=1 --"])(
    '%j is none',
    async (text) => {
      await mint()
      expect(await service.authenticate(text)).toBeUndefined()
    },
  )

  test('is told from one with another letter case', async () => {
    const { text } = await mint()
    const other = text.replace(/[a-z](?=[^a-z]*$)/, (letter) => letter.toUpperCase())
    expect(other).not.toBe(text)
    expect(await service.authenticate(other)).toBeUndefined()
  })

  test('counts no more from the moment it is revoked', async () => {
    const { token, text } = await mint()
    await service.authenticate(text)
    expect(await service.revokeToken(token.tokenId)).toBe(true)
    expect(await service.authenticate(text)).toBeUndefined()
    expect(await service.revokeToken(token.tokenId)).toBe(false)
  })

  test('revoked while it is being looked up is not remembered as good', async () => {
    const { token, text } = await mint()
    const findById = store.users.findById
    // The lookup has read the token as good; before it goes on, the token is revoked.
    const late = createUserService({
      users: {
        ...store.users,
        async findById(userId) {
          await late.revokeToken(token.tokenId)
          return findById(userId)
        },
      },
      tokens: store.tokens,
      clock: () => nowMs,
    })
    await late.authenticate(text)
    expect(await late.authenticate(text)).toBeUndefined()
    await late.close()
  })

  test('revoked by another process is noticed within seconds', async () => {
    const { token, text } = await mint()
    await service.authenticate(text)
    await newService().revokeToken(token.tokenId)
    nowMs += TOKEN_CACHE_MS
    expect(await service.authenticate(text)).toBeUndefined()
  })

  test('expires at its time, also if it was just used', async () => {
    const { text } = await mint(nowMs + 500)
    nowMs += 499
    expect(await service.authenticate(text)).toBeDefined()
    nowMs += 1
    expect(await service.authenticate(text)).toBeUndefined()
  })

  test('follows its user: a new role counts at once, and it goes with the user', async () => {
    const { user, text } = await mint()
    await service.authenticate(text)
    await service.changeRole(user.userId, 'viewer')
    expect(await service.authenticate(text)).toMatchObject({ role: 'viewer' })
    expect(await service.removeUser(user.userId)).toBe(true)
    expect(await service.authenticate(text)).toBeUndefined()
    expect(await service.listTokens(user.userId)).toEqual([])
  })

  test('needs a name, a future and a user', async () => {
    const { user } = await mint()
    await expect(
      service.mintToken({ userId: user.userId, name: ' ', expiresAtMs: nowMs }),
    ).rejects.toMatchObject({
      code: 'IDENTITY_INPUT_INVALID',
      problems: [{ field: 'name' }, { field: 'expiresAtMs' }],
    })
    await expect(service.mintToken({ userId: 'nobody', name: 'ci' })).rejects.toMatchObject({
      code: 'IDENTITY_USER_NOT_FOUND',
    })
  })

  test('tells when it was last used, written in one go', async () => {
    const { user, text } = await mint()
    await service.authenticate(text)
    nowMs += 10
    await service.authenticate(text)
    const [unwritten] = await service.listTokens(user.userId)
    expect(unwritten).not.toHaveProperty('lastUsedAtMs')
    await service.close()
    expect(await service.listTokens(user.userId)).toMatchObject([{ lastUsedAtMs: nowMs }])
  })
})
