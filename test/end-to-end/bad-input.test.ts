import { existsSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MANIFEST_PATH } from '@pinion/plugin-sdk/manifest'
import {
  CatalogWatch,
  type CommandResult,
  type HttpAnswer,
  listAt,
  publishByApi,
  runCommand,
  runSaved,
  saveFlow,
  silent,
  textAt,
  valueAt,
} from '@pinion/tools/demo'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { echoFiles, echoFlow, echoTarball } from './echo-plugin.ts'
import { LiveServer } from './live-server.ts'
import { packageTarball, repeated, tarball, tarEntry } from './tarball.ts'

const HOSTILE = '@hostile/a'
const GIGABYTE = 1024 ** 3
const MEGABYTE = 1024 ** 2
const HONEST = { path: 'package/package.json', content: JSON.stringify({ name: HOSTILE, version: '1.0.0' }) }
const ZEROS_PER_MEMBER = 64 * MEGABYTE

const HOSTILE_TARBALLS: Readonly<Record<string, () => Buffer>> = {
  'a path that climbs out': () => tarball([HONEST, { path: 'package/../../../etc/cron.d/x', content: 'x' }]),
  'an absolute path': () => tarball([HONEST, { path: '/etc/cron.d/x', content: 'x' }]),
  'a symbolic link': () => tarball([HONEST, { path: 'package/dist', type: 'symbolic link', link: '/etc' }]),
  'a hard link': () =>
    tarball([HONEST, { path: 'package/x', type: 'hard link', link: 'package/package.json' }]),
  '10 GB of zeros': () =>
    repeated(
      [{ path: 'package/zeros', claimedBytes: 10 * GIGABYTE }],
      Buffer.alloc(ZEROS_PER_MEMBER),
      (10 * GIGABYTE) / ZEROS_PER_MEMBER,
    ),
  'a million entries': () =>
    repeated(
      [],
      Buffer.concat(Array.from({ length: 10_000 }, (_, index) => tarEntry({ path: `package/${index}` }))),
      100,
    ),
  'an end in the middle': () => tarball([HONEST]).subarray(0, 60),
  'no tar at all': () => Buffer.from('this is no archive'),
}

let server: LiveServer
let token = ''
beforeAll(async () => {
  server = await LiveServer.start()
  token = await server.tokenOf(server.apiOf('edith'))
})
afterAll(() => server[Symbol.asyncDispose]())

const stage = () => ({ api: server.api, teller: silent })

function upload(bytes: Buffer): Promise<HttpAnswer> {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(bytes)]), 'plugin.tgz')
  return server.api.request('POST', '/api/v1/instance/versioned-plugins/upload', { form })
}

async function packageStatus(name: string): Promise<number> {
  const path = `/registry/${name.replace('/', '%2f')}`
  return (await server.api.request('GET', path, { token })).status
}

async function installed(name: string): Promise<readonly unknown[]> {
  const listed = listAt(await server.api.get('/api/v1/instance/versioned-plugins'), 'results')
  const found = listed.find((each) => valueAt(each, 'packageName') === name)
  return found === undefined ? [] : listAt(found, 'versions')
}

/** The real npm client publishes a packed file. */
async function npmPublish(file: Buffer, npmToken: string): Promise<CommandResult> {
  const cwd = await mkdtemp(join(server.root, 'npm-'))
  await writeFile(join(cwd, 'package.tgz'), file)
  const registry = `${server.process.url}/registry/`
  return runCommand('npm', ['publish', './package.tgz', '--registry', registry], {
    cwd,
    env: { [`npm_config_//${new URL(registry).host}/registry/:_authToken`]: npmToken },
  })
}

describe.each(Object.entries(HOSTILE_TARBALLS))('a tarball with %s', (_what, make) => {
  test('is refused when it is published and when it is uploaded, and nothing stays', async () => {
    const bytes = make()
    const published = await publishByApi(server.api, token, {
      name: HOSTILE,
      version: '1.0.0',
      tarball: bytes,
    })
    expect(published.status, JSON.stringify(published.body)).toSatisfy(isRefusal)
    expect(await packageStatus(HOSTILE)).toBe(404)
    const uploaded = await upload(bytes)
    expect(uploaded.status, JSON.stringify(uploaded.body)).toSatisfy(isRefusal)
    expect(await installed(HOSTILE)).toEqual([])
    expect(await server.api.get('/health')).toEqual({ status: 'UP' })
  })
})

function isRefusal(status: number): boolean {
  return status >= 400 && status < 500
}

describe('a manifest', () => {
  test('that is missing makes a package that is no plugin: published, not installed, not uploaded', async () => {
    await using watch = await CatalogWatch.open(stage())
    const bytes = packageTarball({ 'package.json': '{"name":"@plain/a","version":"1.0.0"}' })
    const published = await publishByApi(server.api, token, {
      name: '@plain/a',
      version: '1.0.0',
      tarball: bytes,
    })
    expect(published.status).toBe(201)
    // What is published afterwards is live: so the one before it was looked at.
    expect(await server.publish(token, { name: '@plain/b', version: '1.0.0' })).toBe(201)
    await watch.whenActive('@plain/b', '1.0.0')
    expect(await installed('@plain/a')).toEqual([])
    expect(await upload(bytes)).toMatchObject({ status: 400, body: { code: 'PLUGIN_MANIFEST_MISSING' } })
  })

  test('that lies about its bundle is refused with the reason, by npm and by upload', async () => {
    const files = echoFiles({ name: '@liar/a', version: '1.0.0' })
    const lie = (files['dist/bundle.js'] ?? '').replace('context.sleep', 'context.sneak')
    const bytes = packageTarball({ ...files, 'dist/bundle.js': lie })
    const published = await npmPublish(bytes, token)
    expect(published).toMatchObject({ code: 1, output: expect.stringMatching(/bundle/) })
    expect(await packageStatus('@liar/a')).toBe(404)
    expect(await upload(bytes)).toMatchObject({ status: 422, body: { code: 'PLUGIN_BUNDLE_MISMATCH' } })
  })

  test('that speaks of another package is refused', async () => {
    const files = echoFiles({ name: '@liar/b', version: '1.0.0' })
    const other = echoFiles({ name: '@liar/c', version: '1.0.0' })
    const bytes = packageTarball({ ...files, [MANIFEST_PATH]: other[MANIFEST_PATH] ?? '' })
    const published = await publishByApi(server.api, token, {
      name: '@liar/b',
      version: '1.0.0',
      tarball: bytes,
    })
    expect(published.status).toSatisfy(isRefusal)
    expect((await upload(bytes)).status).toSatisfy(isRefusal)
  })
})

test('a wrong integrity is refused', async () => {
  const plugin = { name: '@wrong/a', version: '1.0.0' }
  const published = await publishByApi(server.api, token, {
    ...plugin,
    tarball: echoTarball(plugin),
    dist: { integrity: `sha512-${Buffer.alloc(64).toString('base64')}` },
  })
  expect(published.status).toSatisfy(isRefusal)
  expect(JSON.stringify(published.body)).toMatch(/integrity/)
  expect(await packageStatus('@wrong/a')).toBe(404)
})

test("a name under the scope of another's is refused", async () => {
  expect(await server.publish(token, { name: '@edith/a', version: '1.0.0' })).toBe(201)
  const foreign = await server.tokenOf(server.apiOf('edgar'))
  expect(await server.publish(foreign, { name: '@edith/b', version: '1.0.0' })).toBe(403)
  expect(await server.publish(foreign, { name: '@edith/a', version: '2.0.0' })).toBe(403)
  expect(await server.publish(foreign, { name: '@pinion/plugin-core', version: '99.0.0' })).toBe(403)
  expect(await packageStatus('@edith/b')).toBe(404)
})

test('install scripts never run', async () => {
  const witness = join(server.root, 'it-ran')
  const script = `node -e "require('fs').writeFileSync('${witness}', '')"`
  const scripts = Object.fromEntries(
    ['preinstall', 'install', 'postinstall', 'prepare', 'preuninstall'].map((name) => [name, script]),
  )
  await using watch = await CatalogWatch.open(stage())
  const plugin = { name: '@scripts/a', version: '1.0.0', fields: { scripts } }
  expect(await server.publish(token, plugin)).toBe(201)
  await watch.whenActive('@scripts/a', '1.0.0')
  await saveFlow(stage(), echoFlow('scripts', '@scripts/a'))
  expect(await runSaved(stage(), 'company.test/scripts')).toMatchObject({ state: 'SUCCESS' })
  const uploaded = await upload(echoTarball({ ...plugin, version: '1.0.1' }))
  expect(uploaded).toMatchObject({ status: 200, body: { state: 'ACTIVE' } })
  expect(existsSync(witness)).toBe(false)
})

test('a wrong token publishes nothing, and a revoked one from the moment it is revoked', async () => {
  const plugin = { name: '@tokens/a', version: '1.0.0' }
  expect(await server.publish('pin_made-up', plugin)).toBe(401)
  const api = server.apiOf('edith')
  const made = await api.expect('POST', '/api/v1/tokens', { json: { name: 'short lived' } })
  const revoked = textAt(made, 'token')
  expect(await server.publish(revoked, plugin)).toBe(201)
  await api.expect('DELETE', `/api/v1/tokens/${textAt(made, 'id')}`)
  expect(await server.publish(revoked, { ...plugin, version: '1.0.1' })).toBe(401)
  const byNpm = await npmPublish(echoTarball({ ...plugin, version: '1.0.2' }), revoked)
  expect(byNpm).toMatchObject({ code: 1, output: expect.stringMatching(/E401|ENEEDAUTH/) })
  expect(await installed('@tokens/a')).toEqual(['1.0.0'])
})

test('of two who publish one version at once, exactly one does, and what runs is what that one published', async () => {
  const name = '@race/a'
  await using watch = await CatalogWatch.open(stage())
  for (let round = 0; round < 5; round++) {
    const version = `1.0.${round}`
    const marks = ['first', 'second']
    const statuses = await Promise.all(marks.map((mark) => server.publish(token, { name, version, mark })))
    expect(statuses.toSorted()).toEqual([201, 409])
    await watch.whenActive(name, version)
    await saveFlow(stage(), echoFlow('race', name, version))
    const { taskRuns } = await runSaved(stage(), 'company.test/race')
    expect(taskRuns[0]?.outputs).toEqual({ version, mark: marks[statuses.indexOf(201)] })
  }
})
