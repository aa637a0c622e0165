import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createUserService, type Role, type UserService } from '@pinion/core/identity'
import { openStore, type Store } from '@pinion/core/store'
import Type from 'typebox'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createHttpApp, defineRoute, HttpListener, json, noBody, RouteTable } from '../http/index.ts'
import { LOGIN_FAILURE_WINDOW_MS, LOGIN_FAILURES } from '../limits.ts'
import type { Log } from '../log/index.ts'
import { authenticate } from './authenticate.ts'
import { ensureAdmin } from './first-admin.ts'
import { LoginThrottle } from './login-throttle.ts'

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }
const ROLES: readonly (Role | 'open')[] = ['open', 'viewer', 'launcher', 'editor', 'admin']

let root = ''
let store: Store
let users: UserService
let throttle: LoginThrottle
let listener: HttpListener
let url = ''
let nowMs = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinion-auth-'))
  store = await openStore({ client: 'sqlite', file: join(root, 'pinion.db') })
  users = createUserService({ users: store.users, tokens: store.tokens })
  for (const role of ['viewer', 'launcher', 'editor', 'admin'] as const) {
    await users.createUser({ username: role, password: `${role}-password`, role })
  }
  const routes = ROLES.flatMap((role) =>
    (['GET', 'POST'] as const).map((method) =>
      defineRoute({
        method,
        path: `/${role}`,
        tag: 'test',
        operationId: `${method}${role}`,
        summary: '',
        role,
        query: Type.Object({}),
        body: noBody,
        handle: ({ principal }) => json(principal.username),
      }),
    ),
  )
  const app = createHttpApp({
    routes: new RouteTable(routes),
    mounts: [],
    authenticate: (ctx, role) => authenticate(ctx, role, { users, throttle, openUrls: ['/editor'] }),
    isReady: () => true,
    limits: { textBytes: 1, uploadBytes: 1, formBytes: 1 },
    scratchDir: root,
    baseUrl: () => url,
    closing: new AbortController().signal,
    log: silent,
  })
  listener = new HttpListener(app.callback())
  url = await listener.listen('127.0.0.1', 0)
})
beforeEach(() => {
  nowMs = 0
  throttle = new LoginThrottle(() => nowMs)
})
afterAll(async () => {
  await listener.close(0)
  await users.close()
  await store.close()
  await rm(root, { recursive: true })
})

function basic(username: string, password = `${username}-password`): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

async function call(path: string, authorization?: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...init.headers, ...(authorization === undefined ? {} : { authorization }) }
  return fetch(url + path, { ...init, headers })
}

async function statusOf(...args: Parameters<typeof call>): Promise<number> {
  const response = await call(...args)
  await response.text()
  return response.status
}

describe('who may', () => {
  test.each([
    ['viewer', 200, 403, 403],
    ['launcher', 200, 200, 403],
    ['admin', 200, 200, 200],
  ])('a %s by password and by token alike', async (name, viewer, launcher, admin) => {
    const user = await users.findUser(name)
    const { text } = await users.mintToken({ userId: user?.userId ?? '', name: 'test' })
    for (const authorization of [basic(name), `Bearer ${text}`]) {
      expect(await statusOf('/viewer', authorization)).toBe(viewer)
      expect(await statusOf('/launcher', authorization)).toBe(launcher)
      expect(await statusOf('/admin', authorization)).toBe(admin)
    }
  })

  test('nobody gets 401 with a challenge, except where it is open', async () => {
    const response = await call('/viewer')
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Basic'),
    ])
    expect(await response.json()).toMatchObject({ code: 'AUTH_REQUIRED', hint: expect.any(String) })
    expect(await statusOf('/open')).toBe(200)
    expect(await statusOf('/editor')).toBe(200)
  })

  test.each(['Basic', 'Basic !!!', `Basic ${btoa('nocolon')}`, 'Digest abc', 'Bearer'])(
    '%j is as good as nothing',
    async (header) => {
      expect(await statusOf('/viewer', header)).toBe(401)
    },
  )

  test('a revoked, expired or invented token is 401', async () => {
    const userId = (await users.findUser('admin'))?.userId ?? ''
    const { token, text } = await users.mintToken({ userId, name: 'gone' })
    expect(await statusOf('/admin', `Bearer ${text}`)).toBe(200)
    await users.revokeToken(token.tokenId)
    expect(await statusOf('/admin', `Bearer ${text}`)).toBe(401)
    expect(await statusOf('/admin', 'Bearer pin_invented')).toBe(401)
  })
})

describe('hostile callers', () => {
  test('a page of another site changes nothing with a remembered password', async () => {
    const from = (site: string, method = 'POST') => ({ method, headers: { 'sec-fetch-site': site } })
    expect(await statusOf('/viewer', basic('viewer'), from('cross-site'))).toBe(403)
    expect(await statusOf('/viewer', basic('viewer'), from('same-site'))).toBe(403)
    expect(await statusOf('/viewer', basic('viewer'), from('same-origin'))).toBe(200)
    expect(await statusOf('/viewer', basic('viewer'), from('cross-site', 'GET'))).toBe(200)
  })

  test('guessing passwords blocks the address for a while, tokens still work', async () => {
    const userId = (await users.findUser('admin'))?.userId ?? ''
    const { text } = await users.mintToken({ userId, name: 'still' })
    for (let tries = 0; tries < LOGIN_FAILURES; tries++) {
      expect(await statusOf('/viewer', basic(`guess${tries}`, 'wrong'))).toBe(401)
    }
    expect(await statusOf('/viewer', basic('viewer'))).toBe(429)
    expect(await statusOf('/viewer', `Bearer ${text}`)).toBe(200)
    nowMs = LOGIN_FAILURE_WINDOW_MS
    expect(await statusOf('/viewer', basic('viewer'))).toBe(200)
  })

  test('what is remembered of addresses is bounded', () => {
    for (let address = 0; address < 20_000; address++) throttle.failed(String(address))
    for (let tries = 0; tries < LOGIN_FAILURES; tries++) throttle.failed('19999')
    expect([throttle.isBlocked('19999'), throttle.isBlocked('0')]).toEqual([true, false])
  })
})

describe('the first administrator', () => {
  test('gets a password that works, made once', async () => {
    const fresh = await openStore({ client: 'sqlite', file: join(root, 'fresh.db') })
    const service = createUserService({ users: fresh.users, tokens: fresh.tokens })
    const { username, generatedPassword = '' } = await ensureAdmin(service, {
      username: 'admin',
      password: undefined,
    })
    expect(await service.verifyPassword(username, generatedPassword)).toMatchObject({
      principal: { role: 'admin' },
    })
    expect(await ensureAdmin(service, { username: 'admin', password: undefined })).toEqual({
      username: 'admin',
    })
    await service.close()
    await fresh.close()
  })

  test('a configured password wins over the stored one, and lifts the user to admin', async () => {
    await ensureAdmin(users, { username: 'viewer', password: 'another-password' })
    expect(await users.verifyPassword('viewer', 'another-password')).toMatchObject({
      principal: { role: 'admin' },
    })
  })

  test('a configured password that is too weak stops the start and says which key', async () => {
    await expect(ensureAdmin(users, { username: 'a b', password: 'x' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      problems: [{ path: 'server.basicAuth.username' }, { path: 'server.basicAuth.password' }],
    })
  })
})
