import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { answer, type ReadPackument, readPackument } from '../testing/answers.ts'
import { LiveRegistry } from '../testing/live-registry.ts'
import { packageTarball, publishBody } from '../testing/tarballs.ts'

let live: LiveRegistry
beforeAll(async () => {
  live = await LiveRegistry.start({
    scopeOwners: { '@pinion': 'system' },
    uplinks: [{ name: 'public', url: 'http://127.0.0.1:9/', packages: ['lodash', '@types/*'] }],
  })
})
afterAll(() => live[Symbol.asyncDispose]())
beforeEach(() => {
  live.events.length = 0
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
    const packument = await readPackument(live, name)
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
    const path = `whole/-rev/${(await readPackument(live, 'whole'))._rev}`
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
    const path = `kept/-rev/${(await readPackument(live, 'kept'))._rev}`
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
    const sent = await readPackument(live, 'dep')
    await live.publish('dep', '2.0.0', 'alice')
    Object.assign(sent.versions['1.0.0'] ?? {}, { deprecated: 'use 2', description: 'smuggled' })
    expect((await live.put('dep', 'alice', sent)).status).toBe(201)
    expect(live.events.at(-1)).toMatchObject({
      type: 'deprecated',
      versions: [{ version: '1.0.0', message: 'use 2' }],
    })
    const stored = await readPackument(live, 'dep')
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
