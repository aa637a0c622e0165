import { readdir, readFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { answer, integrityOf, readPackument } from '../testing/answers.ts'
import { LiveRegistry } from '../testing/live-registry.ts'
import { packageTarball, publishBody, type TestEntry, tarball, tarEntry } from '../testing/tarballs.ts'

let live: LiveRegistry
beforeAll(async () => {
  live = await LiveRegistry.start({
    inspectorModule: fileURLToPath(new URL('../testing/inspectors/no-forbidden.ts', import.meta.url)),
    maxTarballBytes: 2_000_000,
  })
})
afterAll(() => live[Symbol.asyncDispose]())
beforeEach(() => {
  live.events.length = 0
})

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
    const packument = await readPackument(live, 'many')
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

async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024
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
