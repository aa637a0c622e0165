import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LiveRegistry } from '../testing/live-registry.ts'

/** Each call starts a real npm client, which takes most of a second: so each test tells a longer story. */
const STORY_TIMEOUT_MS = 90_000

let live: LiveRegistry
beforeAll(async () => {
  live = await LiveRegistry.start()
})
afterAll(() => live[Symbol.asyncDispose]())

describe('an ordinary npm client', () => {
  test('logs in with name and password, works with the token, logs out, and is out', {
    timeout: STORY_TIMEOUT_MS,
  }, async () => {
    const loggedIn = await live.npm(undefined, ['login'], { answers: ['alice', 'password-alice'] })
    expect(loggedIn).toMatchObject({ code: 0, output: expect.stringContaining('Logged in') })
    const token = [...live.tokens.keys()].find((each) => each.startsWith('minted-alice')) ?? ''
    expect(await live.npm(undefined, ['whoami'], { token })).toMatchObject({ code: 0, output: 'alice\n' })
    expect(await live.npm(undefined, ['logout'], { token })).toMatchObject({ code: 0 })
    expect(live.tokens.has(token)).toBe(false)
    const revoked = await live.npm(undefined, ['whoami'], { token })
    expect(revoked).toMatchObject({ code: 1, output: expect.stringContaining('E401') })
  })

  test('is not let in with a wrong password, and asks without harm', {
    timeout: STORY_TIMEOUT_MS,
  }, async () => {
    const refused = await live.npm(undefined, ['login'], { answers: ['alice', 'wrong'] })
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining('Incorrect or missing password'),
    })
    expect(await live.npm('alice', ['ping'])).toMatchObject({ code: 0 })
    expect((await live.npm('alice', ['token', 'list'])).output).not.toMatch(/E5\d\d/)
  })

  test('publishes, views, installs, tags and deprecates', { timeout: STORY_TIMEOUT_MS }, async () => {
    const manifest = { name: '@story/http', version: '1.0.0', description: 'asks politely' }
    const scripts = { install: "node -e \"require('fs').writeFileSync('ran', '')\"" }
    const cwd = await live.packageFolder(manifest, {
      'index.js': 'module.exports = 1',
      'README.md': '# http',
    })
    expect(await live.npm('alice', ['publish'], { cwd })).toMatchObject({ code: 0 })

    const again = await live.npm('alice', ['publish'], { cwd })
    expect(again.code).toBe(1)
    expect(again.output).toMatch(/cannot publish over|never be overwritten/)

    await writeFile(join(cwd, 'package.json'), JSON.stringify({ ...manifest, version: '2.0.0', scripts }))
    expect(await live.npm('alice', ['publish', '--tag', 'next'], { cwd })).toMatchObject({ code: 0 })

    const viewed = JSON.parse((await live.npm('bob', ['view', '@story/http', '--json'])).output)
    expect(viewed).toMatchObject({
      version: '1.0.0',
      description: 'asks politely',
      versions: ['1.0.0', '2.0.0'],
      'dist-tags': { latest: '1.0.0', next: '2.0.0' },
    })

    const user = await live.packageFolder({ name: 'user', version: '1.0.0' })
    const installed = await live.npm('bob', ['install', '@story/http@1', '--ignore-scripts'], { cwd: user })
    expect(installed).toMatchObject({ code: 0 })
    expect(await readFile(join(user, 'node_modules/@story/http/index.js'), 'utf8')).toBe('module.exports = 1')
    const lock = JSON.parse(await readFile(join(user, 'package-lock.json'), 'utf8'))
    expect(lock.packages['node_modules/@story/http'].resolved).toBe(`${live.url}@story/http/-/http-1.0.0.tgz`)

    expect(await live.npm('alice', ['dist-tag', 'add', '@story/http@2.0.0', 'stable'])).toMatchObject({
      code: 0,
    })
    expect((await live.npm('alice', ['dist-tag', 'ls', '@story/http'])).output).toContain('stable: 2.0.0')
    expect(await live.npm('alice', ['dist-tag', 'rm', '@story/http', 'stable'])).toMatchObject({ code: 0 })

    expect(await live.npm('alice', ['deprecate', '@story/http@1', 'use 2'])).toMatchObject({ code: 0 })
    expect((await live.npm('bob', ['view', '@story/http@1.0.0', 'deprecated'])).output).toContain('use 2')
    expect((await live.npm('bob', ['search', 'politely', '--json'])).output).toContain('@story/http')
    const types = live.events.map((event) => event.type)
    expect(types).toEqual(['published', 'published', 'distTagsChanged', 'distTagsChanged', 'deprecated'])
  })

  test('reads why it is refused', { timeout: STORY_TIMEOUT_MS }, async () => {
    await live.publish('@owned/a', '1.0.0', 'alice')
    const cwd = await live.packageFolder({ name: '@owned/b', version: '1.0.0' })
    const foreign = await live.npm('bob', ['publish'], { cwd })
    expect(foreign).toMatchObject({
      code: 1,
      output: expect.stringMatching(/E403[\s\S]*belongs to the user "alice"/),
    })
    const wrongToken = await live.npm(undefined, ['publish'], { cwd, token: 'made-up' })
    expect(wrongToken).toMatchObject({ code: 1, output: expect.stringMatching(/E401|ENEEDAUTH/) })
    expect(await live.fetch('@owned%2fb', 'root')).toMatchObject({ status: 404 })
  })

  test('unpublishes one version and then the package, if an administrator', {
    timeout: STORY_TIMEOUT_MS,
  }, async () => {
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await live.publish('@gone/a', version, 'alice')
    const notAdmin = await live.npm('alice', ['unpublish', '@gone/a@1.2.0'])
    expect(notAdmin).toMatchObject({ code: 1, output: expect.stringContaining('Only administrators') })

    live.inUse.set('@gone/a@1.2.0', 'the flow company.team/daily pins it')
    const used = await live.npm('root', ['unpublish', '@gone/a@1.2.0'])
    expect(used).toMatchObject({ code: 1, output: expect.stringContaining('company.team/daily pins it') })
    live.inUse.clear()

    expect(await live.npm('root', ['unpublish', '@gone/a@1.2.0'])).toMatchObject({ code: 0 })
    expect((await live.npm('root', ['view', '@gone/a', 'version'])).output).toContain('1.1.0')
    expect(await live.npm('root', ['unpublish', '@gone/a', '--force'])).toMatchObject({ code: 0 })
    expect((await live.npm('root', ['view', '@gone/a'])).output).toContain('E404')
  })
})
