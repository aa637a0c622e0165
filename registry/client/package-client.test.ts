import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StaticRegistry } from '../testing/static-registry.ts'
import type { RepositoryOptions } from './options.ts'
import { createPackageClient } from './package-client.ts'

const CONTENT = Buffer.from('a tarball')
const SHA512 = `sha512-${createHash('sha512').update(CONTENT).digest('base64')}`

let folder: string
let ours: StaticRegistry
let theirs: StaticRegistry
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinion-client-'))
  ours = await StaticRegistry.start()
  theirs = await StaticRegistry.start()
})
afterEach(async () => {
  await ours[Symbol.asyncDispose]()
  await theirs[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function client(ourOptions: Partial<RepositoryOptions> = {}, theirOptions: Partial<RepositoryOptions> = {}) {
  return createPackageClient({
    repositories: [
      { name: 'ours', url: ours.url, ...ourOptions },
      { name: 'theirs', url: theirs.url, ...theirOptions },
    ],
    cacheDir: join(folder, 'cache'),
    timeouts: { requestMs: 1_500, downloadMs: 1_500 },
  })
}

const target = (): string => join(folder, 'downloads', 'a.tgz')

async function leftovers(): Promise<readonly string[]> {
  return await readdir(join(folder, 'downloads')).catch(() => [])
}

describe('a lookup', () => {
  test('takes the first repository that has the package', async () => {
    theirs.packages.set('only-theirs', { '1.0.0': { content: CONTENT, deprecated: 'old' } })
    for (const registry of [ours, theirs]) registry.packages.set('both', { '1.0.0': { content: CONTENT } })
    expect(await client().lookUp('both')).toMatchObject({ repository: 'ours' })
    expect(await client().lookUp('only-theirs')).toEqual({
      packageName: 'only-theirs',
      repository: 'theirs',
      distTags: { latest: '1.0.0' },
      versions: [{ version: '1.0.0', integrity: SHA512, deprecated: 'old' }],
    })
    expect(await client().lookUp('nobody-has-it')).toBeUndefined()
  })

  test('sees a version at once that was published after an earlier lookup', async () => {
    ours.packages.set('moving', { '1.0.0': { content: CONTENT } })
    const reader = client()
    await reader.lookUp('moving')
    ours.packages.set('moving', { '1.0.0': { content: CONTENT }, '1.1.0': { content: CONTENT } })
    expect((await reader.lookUp('moving'))?.versions.map(({ version }) => version)).toEqual([
      '1.0.0',
      '1.1.0',
    ])
  })

  test.each(['..', '../-/whoami', 'a/b', '@scope', 'A', 'a?b', ''])('of %j asks nobody', async (name) => {
    expect(await client().lookUp(name)).toBeUndefined()
    expect([...ours.requests, ...theirs.requests]).toEqual([])
  })
})

describe('a bound scope', () => {
  test('is asked for there only, so that nobody can shadow a private package', async () => {
    theirs.packages.set('@acme/http', { '99.0.0': { content: CONTENT } })
    expect(await client({ scopes: ['@acme'] }).lookUp('@acme/http')).toBeUndefined()
    expect(theirs.requests).toEqual([])
    ours.packages.set('@acme/http', { '1.0.0': { content: CONTENT } })
    expect(await client({}, { scopes: ['@acme'] }).lookUp('@acme/http')).toMatchObject({
      repository: 'theirs',
    })
  })

  test('is asked for nowhere while its repository is disabled, and the error says so', async () => {
    theirs.packages.set('@acme/http', { '99.0.0': { content: CONTENT } })
    const reader = client({ scopes: ['@acme'], enabled: false })
    expect(reader.repositories).toEqual(['theirs'])
    await expect(reader.download('@acme/http', '99.0.0', target(), 1_000)).rejects.toMatchObject({
      code: 'REGISTRY_PACKAGE_NOT_FOUND',
      message: expect.stringContaining('the scope @acme is bound to a disabled repository'),
    })
    expect(theirs.requests).toEqual([])
  })
})

describe('a repository that fails', () => {
  test.each([
    [401, 'REGISTRY_UNAUTHORIZED'],
    [403, 'REGISTRY_UNAUTHORIZED'],
    [500, 'REGISTRY_UNREACHABLE'],
  ])('with %i is named, and the next one does not answer for it', async (status, code) => {
    ours.overrides.set('/', (_, response) => response.writeHead(status).end('{}'))
    theirs.packages.set('a', { '1.0.0': { content: CONTENT } })
    await expect(client().lookUp('a')).rejects.toMatchObject({ code, at: { repository: 'ours' } })
    expect(theirs.requests).toEqual([])
  })

  test('because nobody listens is unreachable', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const address = closed.address()
    await new Promise((resolve) => closed.close(resolve))
    const port = typeof address === 'object' ? address?.port : undefined
    await expect(client({ url: `http://127.0.0.1:${port}` }).lookUp('a')).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      at: { repository: 'ours' },
    })
  })

  test('because it says nothing has timed out', async () => {
    ours.overrides.set('/', () => undefined)
    await expect(client().lookUp('a')).rejects.toMatchObject({
      code: 'REGISTRY_TIMEOUT',
      at: { repository: 'ours' },
    })
  })

  test('because it stops in the middle has timed out', async () => {
    ours.overrides.set('/', (_, response) => void response.write('{"name":'))
    await expect(client().lookUp('a')).rejects.toMatchObject({ code: 'REGISTRY_TIMEOUT' })
  })

  test.each([
    ['no JSON', '<html>'],
    ['another package', '{"name":"b","versions":{}}'],
  ])('because it answers %s is not believed', async (_, body) => {
    ours.overrides.set('/', (_request, response) => response.end(body))
    await expect(client().lookUp('a')).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
  })

  test('because it answers without end is cut off', async () => {
    ours.overrides.set('/', (_, response) => {
      const pump = (): void => {
        while (response.write(' '.repeat(64 * 1024)));
        response.once('drain', pump)
      }
      pump()
    })
    const reader = createPackageClient({
      repositories: [{ name: 'ours', url: ours.url }],
      cacheDir: join(folder, 'cache'),
      limits: { maxPackumentBytes: 1_000_000 },
    })
    await expect(reader.lookUp('a')).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
  })
})

describe('credentials', () => {
  test('go to their repository, as a token or as name and password', async () => {
    for (const registry of [ours, theirs]) registry.packages.set('a', { '1.0.0': { content: CONTENT } })
    await client({ token: 'secret' }).lookUp('a')
    expect(ours.requests[0]?.authorization).toBe('Bearer secret')
    await client({ enabled: false }, { username: 'user', password: 'pass' }).lookUp('a')
    expect(theirs.requests[0]?.authorization).toBe(`Basic ${Buffer.from('user:pass').toString('base64')}`)
  })

  test('are not sent to another origin that a packument points at', async () => {
    const dist = { tarball: `${theirs.url}a/-/a-1.0.0.tgz` }
    ours.packages.set('a', { '1.0.0': { content: CONTENT, dist } })
    theirs.packages.set('a', { '1.0.0': { content: CONTENT } })
    await client({ token: 'secret' }).download('a', '1.0.0', target(), 1_000)
    expect(theirs.requests).toEqual([{ path: '/a/-/a-1.0.0.tgz', authorization: undefined }])
  })

  test('are dropped on a redirect to another origin and kept on one to the same', async () => {
    ours.packages.set('a', { '1.0.0': { content: CONTENT } })
    theirs.packages.set('a', { '1.0.0': { content: CONTENT } })
    const redirect = (from: string, to: string): void => {
      ours.overrides.set(from, (_, response) => response.writeHead(302, { location: to }).end())
    }
    redirect('/a/-/a-1.0.0.tgz', '/moved')
    redirect('/moved', `${theirs.url}a/-/a-1.0.0.tgz`)
    await client({ token: 'secret' }).download('a', '1.0.0', target(), 1_000)
    expect(ours.requests.map(({ authorization }) => authorization)).toEqual(Array(3).fill('Bearer secret'))
    expect(theirs.requests).toEqual([{ path: '/a/-/a-1.0.0.tgz', authorization: undefined }])
  })

  test('do not help a repository that redirects in a circle', async () => {
    ours.overrides.set('/', (_, response) => response.writeHead(302, { location: '/a' }).end())
    await expect(client().lookUp('a')).rejects.toMatchObject({ code: 'REGISTRY_ANSWER_INVALID' })
  })
})

describe('a download', () => {
  test('saves the file and says what it is', async () => {
    ours.packages.set('@acme/a', { '1.0.0': { content: CONTENT } })
    const saved = await client().download('@acme/a', '1.0.0', target(), 1_000)
    expect(saved).toEqual({
      repository: 'ours',
      path: target(),
      integrity: SHA512,
      sizeBytes: CONTENT.length,
    })
    expect(await readFile(target())).toEqual(CONTENT)
    expect(await leftovers()).toEqual(['a.tgz'])
  })

  test('right after a lookup asks for the tarball only', async () => {
    ours.packages.set('a', { '1.0.0': { content: CONTENT } })
    const reader = client()
    await reader.lookUp('a')
    await reader.download('a', '1.0.0', target(), 1_000)
    expect(ours.requests.map(({ path }) => path)).toEqual(['/a', '/a/-/a-1.0.0.tgz'])
  })

  test('of a package of old is checked by its sha1', async () => {
    const shasum = createHash('sha1').update(CONTENT).digest('hex')
    ours.packages.set('a', { '1.0.0': { content: CONTENT, dist: { integrity: undefined, shasum } } })
    expect(await client().download('a', '1.0.0', target(), 1_000)).toMatchObject({ integrity: SHA512 })
    const wrong = { integrity: undefined, shasum: '0'.repeat(40) }
    ours.packages.set('a', { '1.0.0': { content: CONTENT, dist: wrong } })
    await expect(client().download('a', '1.0.0', target(), 1_000)).rejects.toMatchObject({
      code: 'REGISTRY_INTEGRITY_MISMATCH',
    })
  })

  test.each([
    [
      'that is not what was stated',
      'REGISTRY_INTEGRITY_MISMATCH',
      { integrity: `sha512-${'A'.repeat(86)}==` },
      1_000,
    ],
    ['weakly right but strongly wrong', 'REGISTRY_INTEGRITY_MISMATCH', { integrity: weakAndWrong() }, 1_000],
    ['without any digest', 'REGISTRY_INTEGRITY_MISSING', { integrity: undefined }, 1_000],
    ['with a digest nobody can check', 'REGISTRY_INTEGRITY_MISSING', { integrity: 'md99-abc' }, 1_000],
    ['that is too large', 'REGISTRY_TARBALL_TOO_LARGE', {}, 3],
  ])('%s leaves no file', async (_, code, dist, maxBytes) => {
    ours.packages.set('a', { '1.0.0': { content: CONTENT, dist } })
    await expect(client().download('a', '1.0.0', target(), maxBytes)).rejects.toMatchObject({ code })
    expect(await leftovers()).toEqual([])
  })

  test('that is cut off leaves no file', async () => {
    ours.packages.set('a', { '1.0.0': { content: CONTENT } })
    ours.overrides.set('/a/-/', (_, response) => {
      response.writeHead(200, { 'content-length': '9' })
      response.write('a t', () => response.destroy())
    })
    await expect(client().download('a', '1.0.0', target(), 1_000)).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    })
    expect(await leftovers()).toEqual([])
  })

  test('of a version that is not there, or not any more, says so', async () => {
    ours.packages.set('a', { '1.0.0': { content: CONTENT } })
    const reader = client()
    await expect(reader.download('a', '2.0.0', target(), 1_000)).rejects.toMatchObject({
      code: 'REGISTRY_VERSION_NOT_FOUND',
      at: { repository: 'ours' },
    })
    ours.packages.set('a', { '1.1.0': { content: CONTENT } })
    await expect(reader.download('a', '1.0.0', target(), 1_000)).rejects.toMatchObject({
      code: 'REGISTRY_VERSION_NOT_FOUND',
    })
  })
})

test('a search joins what the repositories find, by the same rules, and skips those without one', async () => {
  const found = (...names: readonly string[]) => ({
    objects: names.map((name) => ({ package: { name, version: '1.0.0', description: `is ${name}` } })),
  })
  ours.overrides.set('/-/v1/search', (_, response) => response.end(JSON.stringify(found('a', '@acme/a'))))
  theirs.overrides.set('/-/v1/search', (_, response) =>
    response.end(JSON.stringify(found('a', 'b', '@acme/evil'))),
  )
  const all = await client({ scopes: ['@acme'] }).search('a', 10)
  expect(all.map(({ packageName, repository }) => `${packageName} in ${repository}`)).toEqual([
    'a in ours',
    '@acme/a in ours',
    'b in theirs',
  ])
  expect(await client().search('a', 2)).toHaveLength(2)
  ours.overrides.clear()
  expect(await client().search('a', 10)).toHaveLength(3)
})

test('everything that is wrong with the configuration is said at once', () => {
  const create = () =>
    createPackageClient({
      repositories: [
        { name: 'a', url: 'ftp://x' },
        { name: 'a', url: 'http://user:pass@x/' },
        { name: 'b', url: 'http://x', token: 't', username: 'u' },
        { name: 'c', url: 'http://x', scopes: ['acme'] },
      ],
      cacheDir: folder,
    })
  expect(create).toThrow(
    expect.objectContaining({
      code: 'REGISTRY_CONFIGURATION_INVALID',
      message: expect.stringMatching(
        /"a" needs an http.*"a" is configured twice.*"b" needs both.*"c" binds "acme"/,
      ),
    }),
  )
})

function weakAndWrong(): string {
  const sha1 = createHash('sha1').update(CONTENT).digest('base64')
  return `sha1-${sha1} sha512-${'A'.repeat(86)}==`
}
