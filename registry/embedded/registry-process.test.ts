import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { objectOrEmpty } from '../json-value.ts'
import { LiveRegistry } from '../testing/live-registry.ts'
import { packageTarball, publishBody, type TestEntry, tarball, tarEntry } from '../testing/tarballs.ts'
import { startRegistryProcess } from './registry-process.ts'

let live: LiveRegistry
beforeAll(async () => {
  live = await LiveRegistry.start({
    scopeOwners: { '@pinion': 'system' },
    uplinks: [{ name: 'public', url: 'http://127.0.0.1:9/', packages: ['lodash', '@types/*'] }],
    inspectorModule: fileURLToPath(new URL('../testing/inspectors/no-forbidden.ts', import.meta.url)),
    maxTarballBytes: 2_000_000,
  })
})
afterAll(() => live[Symbol.asyncDispose]())
beforeEach(() => {
  live.events.length = 0
})

async function answer(response: Promise<Response>): Promise<{ status: number; error: string }> {
  const { status } = await response
  const body = objectOrEmpty(await (await response).json())
  return { status, error: String(body['error'] ?? '') }
}

interface ReadPackument {
  readonly _rev: string
  readonly 'dist-tags': Record<string, string>
  readonly versions: Record<string, Record<string, unknown>>
}

/** As npm reads it before it sends it back changed. */
async function read(name: string): Promise<ReadPackument> {
  const text = await (await live.fetch(`${name}?write=true`, 'root')).text()
  return JSON.parse(text)
}

function integrityOf(bytes: Buffer): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}

describe('a publish', () => {
  test('is told to the server before the client hears of it, and can be read at once', async () => {
    const bytes = packageTarball('@told/a', '1.0.0', { 'index.js': '1' })
    expect((await live.publish('@told/a', '1.0.0', 'alice', bytes)).status).toBe(201)
    const tarballPath = join(live.dataDir, 'registry/packages/@told/a/a-1.0.0.tgz')
    expect(live.events).toEqual([
      {
        type: 'published',
        name: '@told/a',
        version: '1.0.0',
        integrity: integrityOf(bytes),
        distTags: { latest: '1.0.0' },
        tarballPath,
        user: 'alice',
      },
    ])
    expect((await readFile(tarballPath)).equals(bytes)).toBe(true)
    const served = await live.fetch('@told/a/-/a-1.0.0.tgz', 'bob')
    expect(Buffer.from(await served.arrayBuffer()).equals(bytes)).toBe(true)
  })

  test('never overwrites a version', async () => {
    await live.publish('once', '1.0.0', 'alice')
    const again = await answer(
      live.publish('once', '1.0.0', 'alice', packageTarball('once', '1.0.0', { a: '2' })),
    )
    expect(again).toMatchObject({ status: 409, error: expect.stringContaining('can never be overwritten') })
    expect(live.events).toHaveLength(1)
  })

  test('of one version by ten clients at once succeeds for exactly one, whose bytes are kept', async () => {
    const tarballs = Array.from({ length: 10 }, (_, index) =>
      packageTarball('race', '1.0.0', { a: `${index}` }),
    )
    const statuses = await Promise.all(
      tarballs.map(async (bytes) => (await live.publish('race', '1.0.0', 'alice', bytes)).status),
    )
    expect(statuses.toSorted()).toEqual([201, ...Array(9).fill(409)])
    const winner = tarballs[statuses.indexOf(201)]
    const stored = await readFile(join(live.dataDir, 'registry/packages/race/race-1.0.0.tgz'))
    expect(winner !== undefined && stored.equals(winner)).toBe(true)
    expect(live.events).toHaveLength(1)
  })

  test('of many versions of one package at once loses none', async () => {
    const versions = Array.from({ length: 12 }, (_, index) => `1.0.${index}`)
    await Promise.all(versions.map((version) => live.publish('many', version, 'alice')))
    const packument = await read('many')
    expect(Object.keys(packument.versions).toSorted()).toEqual(versions.toSorted())
  })

  test.each([
    ['a wrong integrity', { dist: { integrity: integrityOf(Buffer.from('x')) } }, 'integrity'],
    ['a wrong shasum', { dist: { shasum: '00' } }, 'shasum'],
    ['another name inside', { manifest: { name: 'other' } }, 'names "other"'],
    ['another version inside', { manifest: { version: '9.9.9' } }, 'says of itself'],
    ['a dist-tag like a range', { tag: '1.x' }, 'dist-tag'],
  ])('with %s is refused', async (_, options, message) => {
    const body = publishBody('liar', '1.0.0', packageTarball('liar', '1.0.0'), options)
    expect(await answer(live.put('liar', 'alice', body))).toMatchObject({
      status: 400,
      error: expect.stringContaining(message),
    })
  })

  test('without any digest is accepted, and gets its integrity from the bytes', async () => {
    const bytes = packageTarball('digestless', '1.0.0')
    const dist = { integrity: undefined, shasum: undefined }
    const response = await live.put(
      'digestless',
      'alice',
      publishBody('digestless', '1.0.0', bytes, { dist }),
    )
    expect(response.status).toBe(201)
    expect(live.events[0]).toMatchObject({ integrity: integrityOf(bytes) })
  })

  test.each([
    ['name', packageTarball('someone-else', '1.0.0')],
    ['version', packageTarball('mask', '2.0.0')],
    ['no package.json', tarball([{ path: 'package/a', content: 'x' }])],
  ])('whose tarball contradicts it (%s) is refused', async (_, bytes) => {
    expect(await answer(live.publish('mask', '1.0.0', 'alice', bytes))).toMatchObject({
      status: 400,
      error: expect.stringContaining('package.json'),
    })
  })

  test.each([
    ['..', { path: 'package/../../a' }],
    ['absolute', { path: '/etc/passwd' }],
    ['a link', { path: 'package/a', type: 'SymbolicLink', linkpath: '/etc' }],
  ] satisfies [string, TestEntry][])(
    'of a hostile tarball (%s) is refused and nothing is left',
    async (_, entry) => {
      const bytes = tarball([
        { path: 'package/package.json', content: '{"name":"evil","version":"1.0.0"}' },
        entry,
      ])
      expect((await live.publish('evil', '1.0.0', 'alice', bytes)).status).toBe(400)
      expect((await live.fetch('evil', 'alice')).status).toBe(404)
      expect(await readdir(join(live.dataDir, 'registry/incoming'))).toEqual([])
      expect(live.events).toEqual([])
    },
  )

  test('of a bomb is refused fast and without much memory', async () => {
    const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const bomb = Buffer.concat([
      gzipSync(tarEntry({ path: 'package/package.json', content: '{}' })),
      ...Array(20).fill(zeros),
    ])
    const before = await residentBytes(live.registry.pid)
    const startedAtMs = performance.now()
    expect((await live.publish('bomb', '1.0.0', 'alice', bomb)).status).toBe(400)
    expect(performance.now() - startedAtMs).toBeLessThan(3_000)
    expect((await residentBytes(live.registry.pid)) - before).toBeLessThan(150 * 1024 * 1024)
  })

  test('over the size is refused with 413, whether its length is said or not', async () => {
    const large = 'x'.repeat(25 * 1024 * 1024)
    const said = await answer(live.put('large', 'alice', { large }))
    expect(said.status).toBe(413)
    const bytes = Buffer.alloc(2_100_000, 'a')
    expect((await live.put('large', 'alice', publishBody('large', '1.0.0', bytes))).status).toBe(413)
    expect(await sendEndless(live)).toBe(413)
  })

  test('is refused with all problems that the inspector found', async () => {
    const bytes = packageTarball('inspected', '1.0.0')
    const manifest = { description: 'inspector-refuses' }
    const body = publishBody('inspected', '1.0.0', bytes, { manifest })
    const refused = await answer(live.put('inspected', 'alice', body))
    expect(refused.status).toBe(400)
    expect(refused.error).toContain('2 problems')
    expect(refused.error).toContain('has no icon')
    expect(refused.error).toContain('has no manifest')
    expect((await live.publish('inspected', '1.0.0', 'alice', bytes)).status).toBe(201)
  })

  test('that makes the inspector fail is not stored, and the failure is logged, not shown', async () => {
    const manifest = { description: 'inspector-throws' }
    const body = publishBody('unlucky', '1.0.0', packageTarball('unlucky', '1.0.0'), { manifest })
    const refused = await answer(live.put('unlucky', 'alice', body))
    expect(refused.status).toBe(500)
    expect(refused.error).not.toContain('bug')
    expect(live.log.some((line) => JSON.stringify(line.fields).includes('the inspector has a bug'))).toBe(
      true,
    )
    expect((await live.fetch('unlucky', 'alice')).status).toBe(404)
  })

  test.each(['not json', '[]', '"text"', '{"versions":{}}', '{"_attachments":{"a":{"data":"AAAA"}}}'])(
    'with the body %s is refused',
    async (body) => {
      const response = await live.fetch('garbage', 'alice', { method: 'PUT', body })
      expect([400, 404]).toContain(response.status)
    },
  )

  test('with two attachments, or one that is hidden from the scanner, is refused', async () => {
    const body = publishBody('two', '1.0.0', packageTarball('two', '1.0.0'))
    const two = { ...body, _attachments: { ...body._attachments, other: { data: 'AAAA' } } }
    expect((await live.put('two', 'alice', two)).status).toBe(400)
    const hidden = JSON.stringify(body).replace('"_attachments"', '"\\u005fattachments"')
    expect((await live.fetch('two', 'alice', { method: 'PUT', body: hidden })).status).toBe(400)
    expect(await readdir(join(live.dataDir, 'registry/incoming'))).toEqual([])
  })
})

describe('who may publish', () => {
  test('a scope belongs to its first publisher; others are told whose it is', async () => {
    await live.publish('@acme/a', '1.0.0', 'alice')
    expect(await answer(live.publish('@acme/b', '1.0.0', 'bob'))).toMatchObject({
      status: 403,
      error: expect.stringMatching(/"@acme" belongs to the user "alice"/),
    })
    expect((await live.publish('@acme/b', '1.0.0', 'root')).status).toBe(201)
    expect((await live.publish('@acme/c', '1.0.0', 'alice')).status).toBe(201)
  })

  test('an unscoped name belongs to its first publisher', async () => {
    await live.publish('solo', '1.0.0', 'alice')
    expect((await live.publish('solo', '1.0.1', 'bob')).status).toBe(403)
    expect((await live.publish('solo-two', '1.0.0', 'bob')).status).toBe(201)
  })

  test('of two users who publish into a new scope at once, exactly one gets it', async () => {
    const [first, second] = await Promise.all([
      live.publish('@contested/a', '1.0.0', 'alice'),
      live.publish('@contested/b', '1.0.0', 'bob'),
    ])
    expect([first.status, second.status].toSorted()).toEqual([201, 403])
  })

  test('a preset scope is nobody else’s', async () => {
    expect(await answer(live.publish('@pinion/core', '1.0.0', 'alice'))).toMatchObject({
      status: 403,
      error: expect.stringContaining('"system"'),
    })
  })

  test('a name that comes from an uplink cannot be published', async () => {
    for (const name of ['lodash', '@types/node']) {
      expect(await answer(live.publish(name, '99.0.0', 'root'))).toMatchObject({
        status: 403,
        error: expect.stringContaining('"public"'),
      })
    }
  })

  test('nobody without a token, and nobody who may not', async () => {
    const body = publishBody('anon', '1.0.0', packageTarball('anon', '1.0.0'))
    expect((await live.put('anon', undefined, body)).status).toBe(401)
    expect((await live.publish('anon', '1.0.0', 'nobody-known')).status).toBe(401)
    expect((await live.publish('anon', '1.0.0', 'rita')).status).toBe(403)
  })

  test('internal headers from outside count for nothing', async () => {
    const headers = {
      'x-pinion-registry-user': 'root',
      'x-pinion-registry-admin': '1',
      'x-pinion-registry-can-publish': '1',
    }
    expect((await live.fetch('-/ping', undefined, { headers })).status).toBe(200)
    expect((await live.fetch('solo', undefined, { headers })).status).toBe(401)
    const body = JSON.stringify(publishBody('@pinion/core', '1.0.0', packageTarball('@pinion/core', '1.0.0')))
    const put = await live.fetch('@pinion%2fcore', 'alice', { method: 'PUT', headers, body })
    expect(put.status).toBe(403)
  })
})

describe('unpublishing', () => {
  async function without(name: string, version: string): Promise<ReadPackument> {
    const packument = await read(name)
    delete packument.versions[version]
    return packument
  }

  test('moves "latest", removes the tarball, and the number is never free again', async () => {
    await live.publish('gone', '1.0.0', 'alice')
    await live.publish('gone', '1.1.0', 'alice')
    const sent = await without('gone', '1.1.0')
    expect((await live.put(`gone/-rev/${sent._rev}`, 'root', sent)).status).toBe(201)
    expect(live.events.at(-1)).toEqual({
      type: 'unpublished',
      name: 'gone',
      versions: ['1.1.0'],
      distTags: { latest: '1.0.0' },
      user: 'root',
    })
    expect((await live.fetch('gone/-/gone-1.1.0.tgz', 'alice')).status).toBe(404)
    expect(await answer(live.publish('gone', '1.1.0', 'alice'))).toMatchObject({
      status: 409,
      error: expect.stringContaining('cannot be used again'),
    })
    expect((await live.publish('gone', '1.1.1', 'alice')).status).toBe(201)
  })

  test('a whole package keeps its numbers and its owner', async () => {
    await live.publish('whole', '1.0.0', 'alice')
    const path = `whole/-rev/${(await read('whole'))._rev}`
    expect((await live.fetch(path, 'root', { method: 'DELETE' })).status).toBe(201)
    expect((await live.fetch('whole', 'alice')).status).toBe(404)
    await live.reopen()
    expect((await live.publish('whole', '1.0.0', 'alice')).status).toBe(409)
    expect((await live.publish('whole', '2.0.0', 'bob')).status).toBe(403)
    expect((await live.publish('whole', '2.0.0', 'alice')).status).toBe(201)
  })

  test('is for admins only, and only if the server agrees for every version', async () => {
    await live.publish('kept', '1.0.0', 'alice')
    await live.publish('kept', '1.1.0', 'alice')
    const path = `kept/-rev/${(await read('kept'))._rev}`
    expect((await live.fetch(path, 'alice', { method: 'DELETE' })).status).toBe(403)
    live.inUse.set('kept@1.1.0', 'the flow company.team/daily pins it')
    expect(await answer(live.fetch(path, 'root', { method: 'DELETE' }))).toMatchObject({
      status: 403,
      error: expect.stringContaining('the flow company.team/daily pins it'),
    })
    expect((await live.fetch('kept', 'alice')).status).toBe(200)
  })

  test('from an outdated packument removes nothing', async () => {
    await live.publish('stale', '1.0.0', 'alice')
    const sent = await without('stale', '1.0.0')
    await live.publish('stale', '1.1.0', 'alice')
    expect((await live.put(`stale/-rev/${sent._rev}`, 'root', sent)).status).toBe(409)
  })
})

describe('what the server hears', () => {
  test('deprecations, both ways, without touching anything else', async () => {
    await live.publish('dep', '1.0.0', 'alice')
    const sent = await read('dep')
    await live.publish('dep', '2.0.0', 'alice')
    Object.assign(sent.versions['1.0.0'] ?? {}, { deprecated: 'use 2', description: 'smuggled' })
    expect((await live.put('dep', 'alice', sent)).status).toBe(201)
    expect(live.events.at(-1)).toMatchObject({
      type: 'deprecated',
      versions: [{ version: '1.0.0', message: 'use 2' }],
    })
    const stored = await read('dep')
    expect(stored['dist-tags']).toEqual({ latest: '2.0.0' })
    expect(stored.versions['1.0.0']).toMatchObject({ deprecated: 'use 2' })
    expect(stored.versions['1.0.0']).not.toHaveProperty('description')
    expect((await live.put('dep', 'bob', sent)).status).toBe(403)
  })

  test('dist-tags', async () => {
    await live.publish('tags', '1.0.0', 'alice')
    await live.publish('tags', '2.0.0', 'alice')
    expect((await live.put('-/package/tags/dist-tags/stable', 'alice', '1.0.0')).status).toBe(201)
    expect(live.events.at(-1)).toMatchObject({ distTags: { latest: '2.0.0', stable: '1.0.0' } })
    expect((await live.put('-/package/tags/dist-tags/stable', 'alice', '3.0.0')).status).toBe(404)
    expect((await live.put('-/package/tags/dist-tags/stable', 'bob', '1.0.0')).status).toBe(403)
    const removed = await live.fetch('-/package/tags/dist-tags/stable', 'alice', { method: 'DELETE' })
    expect(removed.status).toBe(201)
    expect(live.events.at(-1)).toMatchObject({ type: 'distTagsChanged', distTags: { latest: '2.0.0' } })
  })

  test('everything again from the storage, also after a restart', async () => {
    await live.publish('@list/a', '1.0.0', 'alice')
    await live.reopen()
    const { packages, unreadable } = await live.registry.listAll()
    expect(unreadable).toEqual([])
    expect(packages.find((each) => each.name === '@list/a')).toMatchObject({
      distTags: { latest: '1.0.0' },
      versions: [{ version: '1.0.0', integrity: expect.stringMatching(/^sha512-/) }],
    })
  })
})

describe('reading', () => {
  test('gives tarball addresses at the host the client came by', async () => {
    await live.publish('hosts', '1.0.0', 'alice')
    const tarballUrl = async (headers: Record<string, string>): Promise<unknown> => {
      const body = JSON.parse(await rawGet(live, '/registry/hosts', headers))
      return body.versions?.['1.0.0'].dist.tarball ?? body.error
    }
    const path = 'registry/hosts/-/hosts-1.0.0.tgz'
    expect(await tarballUrl({ host: 'pinion.example:8443' })).toBe(`http://pinion.example:8443/${path}`)
    // Not behind a trusted proxy, so these are somebody's invention.
    const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
    expect(await tarballUrl({ host: 'localhost:1', ...forwarded })).toBe(`http://localhost:1/${path}`)
    expect(await tarballUrl({ host: 'a b/<script>' })).toMatch(/Host header/)
  })

  test('needs a token unless it is open to all', async () => {
    expect((await live.fetch('hosts', undefined)).status).toBe(401)
    await using open = await LiveRegistry.start({ anonymousRead: true, trustProxy: true })
    await open.publish('hosts', '1.0.0', 'alice')
    expect((await open.fetch('hosts', undefined)).status).toBe(200)
    const headers = { host: 'x', 'x-forwarded-host': 'pinion.example', 'x-forwarded-proto': 'https' }
    const body = JSON.parse(await rawGet(open, '/registry/hosts', headers))
    expect(body.versions['1.0.0'].dist.tarball).toBe(
      'https://pinion.example/registry/hosts/-/hosts-1.0.0.tgz',
    )
    expect((await open.fetch('-/whoami', undefined)).status).toBe(401)
  })

  test.each(['..%2f..%2f..%2fetc%2fpasswd', '-/nothing', '%zz', 'hosts/-/..%2fpackage.json', '-/all'])(
    'of %s never fails with 5xx nor leaks',
    async (path) => {
      const response = await live.fetch(path, 'alice')
      expect(response.status).toBeLessThan(500)
      expect(await response.text()).not.toContain('root:')
    },
  )
})

describe('the process', () => {
  test('that dies is started again; requests meanwhile are told when to come back', async () => {
    await live.publish('lives', '1.0.0', 'alice')
    const died = new Promise((resolve) => live.registry.on('died', resolve))
    const ready = new Promise((resolve) => live.registry.on('ready', resolve))
    const { pid } = live.registry
    if (pid === undefined) throw new Error('The registry does not run.')
    process.kill(pid, 'SIGKILL')
    expect(await died).toMatchObject({ reason: expect.stringContaining('SIGKILL') })
    const meanwhile = await live.fetch('lives', 'alice')
    expect(meanwhile.status).toBe(503)
    expect(meanwhile.headers.get('retry-after')).toBe('1')
    expect(await ready).toMatchObject({ isRestart: true })
    expect((await live.fetch('lives', 'alice')).status).toBe(200)
  })

  test('refuses whoever has not its secret', async () => {
    const sockets = await privateSockets(live.registry.pid)
    expect(sockets).toHaveLength(1)
    for (const socketPath of sockets) {
      const status = await new Promise((resolve, reject) => {
        const headers = { 'x-pinion-registry-user': 'root', 'x-pinion-registry-secret': 'guess' }
        httpRequest({ socketPath, path: '/lives', headers }, (response) => resolve(response.statusCode))
          .once('error', reject)
          .end()
      })
      expect(status).toBe(403)
    }
  })

  test('is alone on its data: a second one says so and goes', async () => {
    const second = startRegistryProcess({
      dataDir: live.dataDir,
      warmUp: false,
      log: () => undefined,
      login: async () => ({ outcome: 'refused' }),
      revoke: async () => undefined,
      mayUnpublish: async () => ({ allowed: true }),
    })
    await expect(second.start()).rejects.toMatchObject({ code: 'REGISTRY_DATA_IN_USE' })
    await second.close()
  })
})

test('a server that is killed takes its registry along, and the next one has the data at once', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pinion-killed-server-'))
  const server = fork(fileURLToPath(new URL('../testing/server-to-kill.ts', import.meta.url)), [dataDir], {
    execArgv: [],
  })
  const [{ pid }] = await once(server, 'message')
  const gone = once(server, 'exit')
  server.kill('SIGKILL')
  await gone
  const next = startRegistryProcess({
    dataDir,
    log: () => undefined,
    login: async () => ({ outcome: 'refused' }),
    revoke: async () => undefined,
    mayUnpublish: async () => ({ allowed: true }),
  })
  await next.start()
  // It could only start because the lock was let go, which the one before it did by ending.
  expect(await isRunning(pid)).toBe(false)
  await next.close()
  await rm(dataDir, { recursive: true, force: true })
})

/** A process whose parent has died stays in the table, as a zombie, until somebody asks for its end. */
async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tZ')
  return !/^State:\s+[ZX]/m.test(status)
}

async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024
}

/** The paths of the sockets that a process listens on, from the kernel's tables. */
async function privateSockets(pid: number | undefined): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`
  const links = await Promise.all(
    (await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(() => '')),
  )
  const inodes = new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]))
  const rows = (await readFile(`/proc/${pid}/net/unix`, 'utf8')).split('\n').map((row) => row.split(/\s+/))
  const listening = rows.filter((row) => row[3] === '00010000' && inodes.has(row[6]))
  return listening.flatMap((row) => (row[7]?.endsWith('/socket') ? [row[7]] : []))
}

function rawGet(registry: LiveRegistry, path: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      port: registry.port,
      path,
      headers: { authorization: 'Bearer token-alice', ...headers },
    }
    httpRequest(options, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      resolve(Buffer.concat(chunks).toString())
    })
      .once('error', reject)
      .end()
  })
}

/** A chunked body that goes on until it is stopped. */
function sendEndless(registry: LiveRegistry): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer token-alice', 'transfer-encoding': 'chunked' }
    const request = httpRequest({ port: registry.port, method: 'PUT', path: '/registry/endless', headers })
    let isOver = false
    request.on('response', (response) => {
      isOver = true
      resolve(response.statusCode)
      response.resume()
      request.destroy()
    })
    request.on('error', (error) => (isOver ? undefined : reject(error)))
    const pump = (): void => {
      while (!isOver && request.write(' '.repeat(64 * 1024)));
      if (!isOver) request.once('drain', pump)
    }
    pump()
  })
}
