import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LiveRegistry } from '../testing/live-registry.ts'
import { startRegistryProcess } from './registry-process.ts'

let live: LiveRegistry
beforeAll(async () => {
  live = await LiveRegistry.start()
})
afterAll(() => live[Symbol.asyncDispose]())

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

  test('anybody reads the packages of a public scope, and nothing else', async () => {
    await using registry = await LiveRegistry.start({ publicScopes: ['@open'] })
    await registry.publish('@open/tool', '1.0.0', 'alice')
    await registry.publish('@closed/tool', '1.0.0', 'alice')
    const status = async (path: string) => (await registry.fetch(path, undefined)).status
    expect(await status('@open%2ftool')).toBe(200)
    expect(await status('@open/tool/-/tool-1.0.0.tgz')).toBe(200)
    for (const path of [
      ...[
        '@closed%2ftool',
        '@closed/tool/-/tool-1.0.0.tgz',
        '-/v1/search?text=tool',
        '-/all',
        '@openly%2ftool',
      ],
      ...[
        '@open/%2e%2e/@closed%2ftool',
        '@open%2f..%2f@closed%2ftool',
        '@open/tool/-/..%2f..%2f..%2f@closed%2ftool',
      ],
    ]) {
      expect([path, await status(path)]).toEqual([path, 401])
    }
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
