import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StaticRegistry } from '../testing/static-registry.ts'
import { createPackageClient } from './package-client.ts'

const CONTENT = Buffer.from('a tarball')
const MB = 1024 * 1024

let folder: string
let registry: StaticRegistry
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinion-client-'))
  registry = await StaticRegistry.start()
})
afterEach(async () => {
  await registry[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function client(downloadMs = 5_000) {
  return createPackageClient({
    repositories: [{ name: 'ours', url: registry.url, token: 'secret' }],
    cacheDir: join(folder, 'cache'),
    timeouts: { requestMs: 5_000, downloadMs },
    limits: { maxPackumentBytes: MB, maxSearchBytes: MB },
  })
}

const target = (): string => join(folder, 'downloads', 'a.tgz')

async function leftovers(): Promise<readonly string[]> {
  return await readdir(join(folder, 'downloads')).catch(() => [])
}

/** Answers without end; resolves when the client has hung up. */
function endless(path: string, status: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  registry.overrides.set(path, (_, response) => {
    response.on('close', resolve).writeHead(status, { location: '/elsewhere' })
    const pump = (): void => {
      while (!response.destroyed && response.write(' '.repeat(64 * 1024)));
      response.once('drain', pump)
    }
    pump()
  })
  return promise
}

const answerWith =
  (body: string | Buffer, headers: Record<string, string> = {}, status = 200) =>
  (_: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(status, headers).end(body)

describe('an answer without end is cut off, and the connection with it,', () => {
  test('as a packument', async () => {
    const hungUp = endless('/a', 200)
    await expect(client().lookUp('a')).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
      at: { repository: 'ours' },
    })
    await hungUp
  })

  test('as a tarball', async () => {
    registry.packages.set('a', { '1.0.0': { content: CONTENT } })
    const hungUp = endless('/a/-/', 200)
    await expect(client().download('a', '1.0.0', target(), MB)).rejects.toMatchObject({
      code: 'REGISTRY_TARBALL_TOO_LARGE',
      at: { repository: 'ours' },
    })
    await hungUp
    expect(await leftovers()).toEqual([])
  })

  test('as a search', async () => {
    const hungUp = endless('/-/v1/search', 200)
    await expect(client().search('a', 10)).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
    await hungUp
  })

  test.each([401, 404])('as the body of a %i', async (status) => {
    const hungUp = endless('/a', status)
    await expect(client().lookUp('a')).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
    await hungUp
  })
})

test('a length that is too much ends a download before its first byte', async () => {
  registry.packages.set('a', { '1.0.0': { content: CONTENT } })
  registry.overrides.set('/a/-/', (_, response) => {
    response.writeHead(200, { 'content-length': String(100 * MB) }).flushHeaders()
  })
  await expect(client().download('a', '1.0.0', target(), MB)).rejects.toMatchObject({
    code: 'REGISTRY_TARBALL_TOO_LARGE',
  })
})

test.each([200, 404, 500])(
  'a compressed answer of the status %i is refused, whatever it unpacks to',
  async (status) => {
    const asked: (string | undefined)[] = []
    const bomb = gzipSync(Buffer.alloc(64 * MB, ' '))
    registry.overrides.set('/a', (request, response) => {
      asked.push(String(request.headers['accept-encoding']))
      response.writeHead(status, { 'content-encoding': 'gzip' }).end(bomb)
    })
    await expect(client().lookUp('a')).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
      message: expect.stringContaining('"gzip"'),
    })
    expect(asked).toEqual(['identity'])
  },
)

test.each(['data:application/json,{}', 'file:///etc/passwd', 'ftp://127.0.0.1/a', 'http://'])(
  'a redirect to %s is not followed',
  async (location) => {
    registry.overrides.set('/a', answerWith('', { location }, 302))
    await expect(client().lookUp('a')).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
      message: expect.stringContaining('not safe to follow'),
    })
  },
)

test.each(['null', '5', '[]', '"a"', '{"name":"a","versions":5}{'])(
  'a packument %s is not believed',
  async (body) => {
    registry.overrides.set('/a', answerWith(body, { 'content-length': String(body.length) }))
    await expect(client().lookUp('a')).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
      at: { repository: 'ours' },
    })
  },
)

test('the content is checked also when the status is one that pacote does not check', async () => {
  registry.packages.set('a', { '1.0.0': { content: CONTENT } })
  registry.overrides.set('/a/-/', answerWith('another', {}, 203))
  await expect(client().download('a', '1.0.0', target(), MB)).rejects.toMatchObject({
    code: 'REGISTRY_INTEGRITY_MISMATCH',
  })
  expect(await leftovers()).toEqual([])
})

test('what is not as stated is not downloaded a second time', async () => {
  registry.packages.set('a', { '1.0.0': { content: CONTENT } })
  registry.overrides.set('/a/-/', answerWith('another'))
  await expect(client().download('a', '1.0.0', target(), MB)).rejects.toMatchObject({
    code: 'REGISTRY_INTEGRITY_MISMATCH',
    message: expect.stringMatching(/it has sha512-\S+, stated is sha512-/),
  })
  expect(registry.requests.map(({ path }) => path)).toEqual(['/a', '/a/-/a-1.0.0.tgz'])
})

test('a download that nobody answers ends in time, without a file', async () => {
  registry.packages.set('a', { '1.0.0': { content: CONTENT } })
  registry.overrides.set('/a/-/', () => undefined)
  await expect(client(200).download('a', '1.0.0', target(), MB)).rejects.toMatchObject({
    code: 'REGISTRY_TIMEOUT',
  })
  expect(await leftovers()).toEqual([])
})

describe('an earlier answer', () => {
  const packument = JSON.stringify({ name: 'a', versions: {} })
  const answers: number[] = []
  beforeEach(() => {
    answers.length = 0
    registry.overrides.set('/a', (request, response) => {
      const status = request.headers['if-none-match'] === '"1"' ? 304 : 200
      answers.push(status)
      response.writeHead(status, { etag: '"1"' }).end(status === 200 ? packument : undefined)
    })
  })

  test('is taken again when the repository confirms it', async () => {
    const first = await client().lookUp('a')
    expect(await client().lookUp('a')).toEqual(first)
    expect(answers).toEqual([200, 304])
  })

  test('is asked for anew when what was kept of it is damaged', async () => {
    const first = await client().lookUp('a')
    for (const name of await readdir(join(folder, 'cache'))) await truncate(join(folder, 'cache', name), 20)
    expect(await client().lookUp('a')).toEqual(first)
    expect(answers).toEqual([200, 200])
  })

  test('is replaced by the next one, and not by one that is cut off', async () => {
    await client().lookUp('a')
    const hungUp = endless('/a', 200)
    await expect(client().lookUp('a')).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
    await hungUp
    const next = JSON.stringify({ name: 'a', versions: {}, 'dist-tags': { next: '2.0.0' } })
    registry.overrides.set('/a', answerWith(next, { etag: '"2"' }))
    expect(await client().lookUp('a')).toMatchObject({ distTags: { next: '2.0.0' } })
    expect(await readdir(join(folder, 'cache'))).toHaveLength(1)
  })

  test('that the repository confirms without having given it is not believed', async () => {
    registry.overrides.set('/a', answerWith('', {}, 304))
    await expect(client().lookUp('a')).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
  })

  test('is not taken when the repository is gone', async () => {
    await client().lookUp('a')
    registry.overrides.set('/a', (request) => request.destroy())
    await expect(client().lookUp('a')).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      at: { repository: 'ours' },
    })
  })

  test('is not taken when the repository is silent', async () => {
    await client().lookUp('a')
    registry.overrides.set('/a', () => undefined)
    const hasty = createPackageClient({
      repositories: [{ name: 'ours', url: registry.url }],
      cacheDir: join(folder, 'cache'),
      timeouts: { requestMs: 200 },
    })
    await expect(hasty.lookUp('a')).rejects.toMatchObject({ code: 'REGISTRY_TIMEOUT' })
  })
})

describe('only registries are read', () => {
  test.each([
    'git+ssh://git@127.0.0.1/a.git',
    'github:a/b',
    'npm:b@1.0.0',
    'file:.',
    'latest',
    '^1.0.0',
    '*',
  ])('though a packument calls a version %s', async (version) => {
    registry.packages.set('a', { [version]: { content: CONTENT } })
    registry.packages.set('b', { '1.0.0': { content: CONTENT } })
    await expect(client().download('a', version, target(), MB)).rejects.toMatchObject({
      code: 'REGISTRY_VERSION_NOT_FOUND',
    })
    expect(registry.requests.map(({ path }) => path)).toEqual(['/a'])
    expect(await leftovers()).toEqual([])
  })

  test('though a name looks like a file', async () => {
    registry.packages.set('a.tgz', { '1.0.0': { content: CONTENT } })
    await client().download('a.tgz', '1.0.0', target(), MB)
    expect(await readFile(target())).toEqual(CONTENT)
  })

  test('though a tarball is said to be a repository of code', async () => {
    const dist = { tarball: 'https://github.com/a/b.git' }
    registry.packages.set('a', { '1.0.0': { content: CONTENT, dist } })
    await expect(client().download('a', '1.0.0', target(), MB)).rejects.toMatchObject({
      code: 'REGISTRY_ANSWER_INVALID',
      at: { repository: 'ours' },
    })
    expect(registry.requests.map(({ path }) => path)).toEqual(['/a'])
  })
})

test.each(['1.0.0-rc.1', '1.0.0+build.5'])('a version %s can be downloaded', async (version) => {
  const dist = { tarball: `${registry.url}file` }
  registry.packages.set('a', { [version]: { content: CONTENT, dist } })
  registry.overrides.set('/file', answerWith(CONTENT))
  expect(await client().download('a', version, target(), MB)).toMatchObject({ sizeBytes: CONTENT.length })
})
