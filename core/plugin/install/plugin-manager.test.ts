import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { MANIFEST_PATH } from '@pinion/plugin-sdk/manifest'
import { describe, expect, test } from 'vitest'
import { openManagedFolder } from '../testing/managed-folder.ts'
import { bundleOf, filesOf, manifestOf, packFiles, typeOf } from '../testing/plugin-package.ts'
import type { PackageEvent } from './package-event.ts'

const NAME = '@acme/plugin-echo'
const SAY = 'io.acme.echo.Say'

const fails = (code: string, text = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(text) })

describe('installing', () => {
  test('makes a version selectable, keeps its code by digest, and its tarball in internal storage', async () => {
    await using folder = await openManagedFolder()
    const { integrity, path: tarball } = await folder.publish({
      version: '1.0.0',
      sourceMap: '{"version":3}',
    })
    const manager = await folder.start()
    const { outcome, record } = await manager.install(`${NAME}@1.0.0`)
    expect(outcome).toBe('installed')
    expect(record).toMatchObject({ state: 'ACTIVE', integrity, repository: 'test' })
    const { resolved } = manager.catalog.current.resolve({ type: SAY, instance: 'LATEST' })
    expect(resolved.version).toBe('1.0.0')
    const hex = Buffer.from(record.manifest.bundle.sha512.slice(7), 'base64').toString('hex')
    expect(resolved.bundle.bundlePath).toBe(path.join(folder.root, 'plugins/bundles', hex, 'bundle.js'))
    expect(await readFile(resolved.bundle.bundlePath)).toEqual(bundleOf({ name: NAME, version: '1.0.0' }))
    expect(await readFile(resolved.bundle.sourceMapPath ?? '', 'utf8')).toBe('{"version":3}')
    expect(await readdir(path.join(folder.root, 'storage/system/_plugins/repository'))).toEqual([
      '@acme__plugin-echo__1_0_0',
      '@acme__plugin-echo__1_0_0.tgz',
    ])
    expect(
      await readFile(
        path.join(folder.root, 'storage/system/_plugins/repository/@acme__plugin-echo__1_0_0.tgz'),
      ),
    ).toEqual(await readFile(tarball))
    expect(await readdir(path.join(folder.root, 'plugins/incoming'))).toEqual([])
    await manager.close()
    const meta: unknown = JSON.parse(await readFile(path.join(folder.root, 'plugins/plugins.meta'), 'utf8'))
    expect(meta).toMatchObject({
      plugins: [{ packageName: NAME, version: '1.0.0', state: 'ACTIVE', integrity }],
    })
  })

  test("takes LATEST, ranges, dist-tags and the reference's coordinates, and keeps older versions", async () => {
    await using folder = await openManagedFolder()
    for (const version of ['1.0.0', '1.2.0', '2.0.0', '3.0.0-rc.1']) await folder.publish({ version })
    folder.source.distTags.set(NAME, { latest: '2.0.0', next: '3.0.0-rc.1' })
    const manager = await folder.start()
    const versionOf = async (coordinate: string) => (await manager.install(coordinate)).record.version
    expect(await versionOf(`${NAME}@^1`)).toBe('1.2.0')
    expect(await versionOf(NAME)).toBe('2.0.0')
    expect(await versionOf(`${NAME}@next`)).toBe('3.0.0-rc.1')
    await folder.publish({ name: '@pinion/plugin-x', group: 'io.x', version: '1.0.0' })
    expect(await versionOf('io.kestra.plugin:plugin-x:LATEST')).toBe('1.0.0')
    expect(manager.catalog.current.listVersions(SAY).map(({ version }) => version)).toEqual([
      '3.0.0-rc.1',
      '2.0.0',
      '1.2.0',
    ])
    expect(
      manager.catalog.current.resolve({ type: SAY, task: 'next', instance: 'LATEST' }).resolved.version,
    ).toBe('3.0.0-rc.1')
  })

  test('again keeps what is there, and asks nobody for an exact version', async () => {
    await using folder = await openManagedFolder()
    await folder.publish({ version: '1.0.0' })
    const manager = await folder.start()
    await manager.install(`${NAME}@1.0.0`)
    expect((await manager.install(`${NAME}@LATEST`)).outcome).toBe('kept')
    expect((await manager.install(`${NAME}@1.0.0`)).outcome).toBe('kept')
    expect(folder.source.downloads).toBe(1)
  })

  test('of one version at the same time shares one run; other versions run beside it', async () => {
    await using folder = await openManagedFolder()
    for (const version of ['1.0.0', '1.1.0']) await folder.publish({ version })
    const manager = await folder.start()
    const outcomes = await Promise.all(
      ['1.0.0', '1.1.0', '1.0.0', 'LATEST', '1.0.0'].map((version) => manager.install(`${NAME}@${version}`)),
    )
    expect(outcomes.map(({ record }) => record.version)).toEqual([
      '1.0.0',
      '1.1.0',
      '1.0.0',
      '1.1.0',
      '1.0.0',
    ])
    expect(folder.source.downloads).toBe(2)
    expect(folder.loaded).toHaveLength(2)
  })

  test('more at once than allowed wait for their turn', async () => {
    await using folder = await openManagedFolder()
    const names = Array.from({ length: 6 }, (_, index) => `@acme/plugin-${index}`)
    for (const [index, name] of names.entries()) await folder.publish({ name, group: `io.acme.n${index}` })
    let running = 0
    let most = 0
    let pair = Promise.withResolvers<void>()
    const manager = await folder.start({
      concurrentInstalls: 2,
      listActivators: () => [
        {
          name: 'w',
          load: async () => {
            most = Math.max(most, ++running)
            const mine = pair
            if (running === 2) {
              pair = Promise.withResolvers<void>()
              mine.resolve()
            }
            await mine.promise
            running--
          },
        },
      ],
    })
    await Promise.all(names.map((name) => manager.install(name)))
    expect(most).toBe(2)
  })

  test('says what the repositories offer where the package or the version is unknown', async () => {
    await using folder = await openManagedFolder()
    await folder.publish({ version: '1.0.0' })
    const manager = await folder.start()
    await expect(manager.install('@acme/nothing')).rejects.toMatchObject({ code: 'PLUGIN_PACKAGE_UNKNOWN' })
    await expect(manager.install(`${NAME}@^9`)).rejects.toMatchObject({
      code: 'PLUGIN_VERSION_NOT_PUBLISHED',
      hint: expect.stringContaining('1.0.0'),
    })
    expect(await manager.resolve(`${NAME}@LATEST`)).toMatchObject({
      chosenVersion: '1.0.0',
      installedVersions: [],
    })
  })
})

describe('a version becomes active only when every worker has loaded it', () => {
  test('until then it cannot be selected', async () => {
    await using folder = await openManagedFolder()
    await folder.publish({ version: '1.0.0' })
    const { promise: mayLoad, resolve: letLoad } = Promise.withResolvers<void>()
    const { promise: isLoading, resolve: tellLoading } = Promise.withResolvers<void>()
    const manager = await folder.start({
      listActivators: () => [
        {
          name: 'slow',
          load: () => {
            tellLoading()
            return mayLoad
          },
        },
      ],
    })
    const install = manager.install(NAME)
    await isLoading
    expect(manager.catalog.current.listTypes()).toEqual([])
    expect((await folder.rows.find(NAME, '1.0.0'))?.state).toBe('STAGED')
    letLoad()
    await install
    expect(manager.catalog.current.listTypes()).toEqual([SAY])
  })

  test('a worker that cannot load it keeps it from activating and says why; installing again tries again', async () => {
    await using folder = await openManagedFolder()
    for (const version of ['1.0.0', '1.1.0']) await folder.publish({ version })
    let isBroken = false
    const manager = await folder.start({
      listActivators: () => [
        { name: 'worker 1', load: async () => undefined },
        {
          name: 'worker 2',
          load: async () => {
            if (isBroken) throw new Error('Say.ts:3 SyntaxError')
          },
        },
      ],
    })
    await manager.install(`${NAME}@1.0.0`)
    isBroken = true
    await expect(manager.install(`${NAME}@1.1.0`)).rejects.toThrow(
      fails('PLUGIN_ACTIVATION_FAILED', 'worker 2: Say.ts:3 SyntaxError'),
    )
    expect(manager.catalog.current.resolve({ type: SAY, instance: 'LATEST' }).resolved.version).toBe('1.0.0')
    expect(manager.catalog.listPackages()[0]?.versions[0]).toMatchObject({
      version: '1.1.0',
      state: 'FAILED',
      reason: expect.stringContaining('worker 2: Say.ts:3 SyntaxError'),
    })
    isBroken = false
    await manager.install(`${NAME}@1.1.0`)
    expect(manager.catalog.current.resolve({ type: SAY, instance: 'LATEST' }).resolved.version).toBe('1.1.0')
  })

  test('a worker that never answers is not waited for', async () => {
    await using folder = await openManagedFolder()
    await folder.publish({ version: '1.0.0' })
    const manager = await folder.start({
      activationTimeoutMs: 20,
      listActivators: () => [{ name: 'stuck', load: () => new Promise(() => undefined) }],
    })
    await expect(manager.install(NAME)).rejects.toThrow(fails('PLUGIN_ACTIVATION_TIMEOUT', 'stuck'))
  })
})

describe('a package is refused, and nothing of it stays,', () => {
  const lies: [string, Record<string, string | Buffer>, string, string][] = [
    ['without a manifest', { [MANIFEST_PATH]: '' }, 'PLUGIN_MANIFEST_INVALID', 'JSON'],
    ['whose bundle is another', { 'dist/bundle.js': 'evil()' }, 'PLUGIN_BUNDLE_MISMATCH', 'dist/bundle.js'],
    [
      'whose manifest calls it something else',
      { [MANIFEST_PATH]: JSON.stringify(manifestOf({ name: '@pinion/core' })) },
      'PLUGIN_MANIFEST_INVALID',
      '"@pinion/core"',
    ],
    [
      'whose package.json calls it something else',
      { 'package.json': '{"name":"@pinion/core","version":"1.0.0"}' },
      'PLUGIN_MANIFEST_INVALID',
      '"@pinion/core"',
    ],
    [
      'without a package.json that counts',
      { 'package.json': '[]' },
      'PLUGIN_PACKAGE_INVALID',
      'package.json',
    ],
    [
      'built for another plugin API',
      { [MANIFEST_PATH]: JSON.stringify(manifestOf({ manifest: { requires: '^7' } })) },
      'PLUGIN_API_INCOMPATIBLE',
      '^7',
    ],
  ]
  test.each(lies)('%s', async (_, changed, code, says) => {
    await using folder = await openManagedFolder()
    const files = { ...filesOf({ name: NAME, version: '1.0.0' }), ...changed }
    await folder.source.publish(NAME, '1.0.0', await packFiles(files, path.join(folder.root, 'bad.tgz')))
    const manager = await folder.start()
    await expect(manager.install(NAME)).rejects.toThrow(fails(code, says))
    expect(await folder.rows.list()).toEqual([])
    expect(await readdir(path.join(folder.root, 'plugins/bundles'))).toEqual([])
    expect(await readdir(path.join(folder.root, 'plugins/incoming'))).toEqual([])
  })

  test('whose bytes are not those that the registry vouched for', async () => {
    await using folder = await openManagedFolder()
    const { path: tarball } = await folder.publish({ version: '1.0.0' })
    await writeFile(
      tarball,
      await readFile(
        await packFiles(
          filesOf({ name: NAME, version: '1.0.0', code: 'evil()' }),
          path.join(folder.root, 'other.tgz'),
        ),
      ),
    )
    const manager = await folder.start()
    await expect(manager.install(NAME)).rejects.toThrow(fails('PLUGIN_INTEGRITY_MISMATCH', `${NAME}@1.0.0`))
    expect(await folder.rows.list()).toEqual([])
  })

  test('that offers a type of another package', async () => {
    await using folder = await openManagedFolder()
    await folder.publish({ version: '1.0.0' })
    await folder.publish({ name: '@evil/plugin', version: '9.0.0', types: [typeOf(SAY)] })
    const manager = await folder.start()
    await manager.install(NAME)
    await expect(manager.install('@evil/plugin')).rejects.toThrow(
      fails('PLUGIN_TYPE_TAKEN', `${SAY} (of ${NAME})`),
    )
  })
})

describe('an uploaded tarball', () => {
  test('is installed under the name it gives itself', async () => {
    await using folder = await openManagedFolder()
    const manager = await folder.start()
    const file = await packFiles(filesOf({ name: NAME, version: '1.0.0' }), path.join(folder.root, 'up.tgz'))
    const { record } = await manager.installTarball(file)
    expect(record).toMatchObject({
      packageName: NAME,
      version: '1.0.0',
      repository: 'upload',
      state: 'ACTIVE',
    })
    expect((await manager.installTarball(file)).outcome).toBe('kept')
  })
  test('never replaces a version by other code', async () => {
    await using folder = await openManagedFolder()
    await folder.publish({ version: '1.0.0' })
    const manager = await folder.start()
    await manager.install(NAME)
    const file = await packFiles(
      filesOf({ name: NAME, version: '1.0.0', code: 'other()' }),
      path.join(folder.root, 'up.tgz'),
    )
    await expect(manager.installTarball(file)).rejects.toThrow(fails('PLUGIN_VERSION_CONFLICT'))
    expect(folder.loaded).toHaveLength(1)
  })
})

describe('uninstalling', () => {
  test('takes the version out at once, waits for what runs, then frees code, tarball and row', async () => {
    await using folder = await openManagedFolder()
    for (const version of ['1.0.0', '1.1.0']) await folder.publish({ version })
    const { promise: mayDrain, resolve: letDrain } = Promise.withResolvers<void>()
    const manager = await folder.start({ unload: () => mayDrain })
    for (const version of ['1.0.0', '1.1.0']) await manager.install(`${NAME}@${version}`)
    const old = manager.catalog.current
    const { whenRemoved } = await manager.uninstall(NAME, '1.1.0')
    expect(manager.catalog.current.resolve({ type: SAY, instance: 'LATEST' }).resolved.version).toBe('1.0.0')
    const stillThere = old.resolve({ type: SAY, instance: 'LATEST' }).resolved
    expect(await readFile(stillThere.bundle.bundlePath, 'utf8')).toContain('1.1.0')
    await expect(manager.install(`${NAME}@1.1.0`)).rejects.toThrow(fails('PLUGIN_VERSION_DRAINING'))
    letDrain()
    await whenRemoved()
    await expect(readFile(stillThere.bundle.bundlePath)).rejects.toThrow('ENOENT')
    expect(await readdir(path.join(folder.root, 'storage/system/_plugins/repository'))).toHaveLength(2)
    expect((await folder.rows.list()).map(({ version }) => version)).toEqual(['1.0.0'])
    expect((await manager.install(`${NAME}@1.1.0`)).outcome).toBe('installed')
  })

  test('is refused while a flow uses the version, which is named; force goes ahead', async () => {
    await using folder = await openManagedFolder()
    await folder.publish({ version: '1.0.0' })
    const manager = await folder.start({
      listUsers: async () => [{ tenant: 'main', namespace: 'company.team', flowId: 'etl', revision: 3 }],
    })
    await manager.install(NAME)
    await expect(manager.uninstall(NAME, '1.0.0')).rejects.toThrow(
      fails('PLUGIN_VERSION_IN_USE', 'company.team.etl'),
    )
    expect(manager.catalog.current.listTypes()).toEqual([SAY])
    await (await manager.uninstall(NAME, '1.0.0', { force: true })).whenRemoved()
    expect(manager.catalog.current.listTypes()).toEqual([])
  })

  test('is taken back when a flow locks the version meanwhile', async () => {
    await using folder = await openManagedFolder()
    await folder.publish({ version: '1.0.0' })
    let asked = 0
    const manager = await folder.start({
      listUsers: async () =>
        ++asked === 2 ? [{ tenant: 'main', namespace: 'a', flowId: 'late', revision: 1 }] : [],
    })
    await manager.install(NAME)
    await expect(manager.uninstall(NAME, '1.0.0')).rejects.toThrow(fails('PLUGIN_VERSION_IN_USE', 'a.late'))
    expect(manager.catalog.current.listTypes()).toEqual([SAY])
    expect((await folder.rows.find(NAME, '1.0.0'))?.state).toBe('ACTIVE')
  })

  test('keeps code that another version shares', async () => {
    await using folder = await openManagedFolder()
    for (const version of ['1.0.0', '1.1.0']) await folder.publish({ version, code: 'same()' })
    const manager = await folder.start()
    for (const version of ['1.0.0', '1.1.0']) await manager.install(`${NAME}@${version}`)
    const { bundle } = manager.catalog.current.resolve({ type: SAY, instance: 'LATEST' }).resolved
    await (await manager.uninstall(NAME, '1.0.0')).whenRemoved()
    expect(await readFile(bundle.bundlePath, 'utf8')).toBe('same()')
    expect(folder.unloaded).toEqual([])
    await (await manager.uninstall(NAME, '1.1.0')).whenRemoved()
    await expect(readFile(bundle.bundlePath)).rejects.toThrow('ENOENT')
    expect(folder.unloaded).toEqual([bundle.sha512])
  })

  test('what is not installed names what is', async () => {
    await using folder = await openManagedFolder()
    await folder.publish({ version: '1.0.0' })
    const manager = await folder.start()
    await manager.install(NAME)
    await expect(manager.uninstall(NAME, '2.0.0')).rejects.toMatchObject({
      code: 'PLUGIN_VERSION_NOT_INSTALLED',
      hint: expect.stringContaining('1.0.0'),
    })
  })
})

describe('following a registry', () => {
  const published = (
    version: string,
    file: { path: string; integrity: string },
    latest = version,
  ): PackageEvent => ({
    type: 'published',
    name: NAME,
    version,
    integrity: file.integrity,
    distTags: { latest },
    tarballPath: file.path,
  })

  test('a published version is live, without a download, and its dist-tags move', async () => {
    await using folder = await openManagedFolder()
    const manager = await folder.start()
    await manager.handle(published('1.0.0', await folder.publish({ version: '1.0.0' })), 'local')
    const event = published('1.1.0', await folder.publish({ version: '1.1.0' }))
    expect(await manager.handle(event, 'local')).toEqual({ outcome: 'installed' })
    expect(await manager.handle(event, 'local')).toEqual({ outcome: 'kept' })
    expect(folder.source.downloads).toBe(0)
    expect(manager.catalog.listPackages()[0]?.versions).toMatchObject([
      { version: '1.1.0', distTags: ['latest'], repository: 'local' },
      { version: '1.0.0', distTags: [] },
    ])
  })

  test('a package that is no plugin is none of ours', async () => {
    await using folder = await openManagedFolder()
    const manager = await folder.start()
    const file = await packFiles(
      { 'package.json': `{"name":"${NAME}","version":"1.0.0"}` },
      path.join(folder.root, 'lib.tgz'),
    )
    const integrity = await folder.source.publish(NAME, '1.0.0', file)
    expect(await manager.handle(published('1.0.0', { path: file, integrity }), 'local')).toEqual({
      outcome: 'ignored',
    })
    expect(await folder.rows.list()).toEqual([])
  })

  test('dist-tags, deprecations and unpublishing are taken over', async () => {
    await using folder = await openManagedFolder()
    let users: { tenant: string; namespace: string; flowId: string; revision: number }[] = []
    const manager = await folder.start({
      listUsers: async (_, version) => (version === '1.0.0' ? users : []),
    })
    for (const version of ['1.0.0', '1.1.0']) {
      await manager.handle(published(version, await folder.publish({ version })), 'local')
    }
    await manager.handle({ type: 'distTagsChanged', name: NAME, distTags: { stable: '1.0.0' } }, 'local')
    const choose = (task: string) =>
      manager.catalog.current.resolve({ type: SAY, task, instance: 'LATEST' }).resolved.version
    expect(choose('stable')).toBe('1.0.0')
    const deprecate = (message: string): PackageEvent => ({
      type: 'deprecated',
      name: NAME,
      versions: [{ version: '1.0.0', message }],
    })
    await manager.handle(deprecate('use 1.1.0'), 'local')
    expect((await folder.rows.find(NAME, '1.0.0'))?.deprecatedMessage).toBe('use 1.1.0')
    await manager.handle(deprecate(''), 'local')
    expect((await folder.rows.find(NAME, '1.0.0'))?.deprecatedMessage).toBeUndefined()
    users = [{ tenant: 'main', namespace: 'a', flowId: 'b', revision: 1 }]
    const unpublished: PackageEvent = {
      type: 'unpublished',
      name: NAME,
      versions: ['1.0.0', '1.1.0'],
      distTags: {},
    }
    expect(await manager.handle(unpublished, 'local')).toEqual({
      outcome: 'removed',
      versions: ['1.1.0'],
      keptVersions: ['1.0.0'],
    })
    expect(await manager.handle({ ...unpublished, name: '@acme/other' }, 'local')).toEqual({
      outcome: 'ignored',
    })
  })
})

describe('a start', () => {
  test('fetches lost and damaged bundles again from internal storage, then from the repositories', async () => {
    await using folder = await openManagedFolder()
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await folder.publish({ version })
    const first = await folder.start()
    const paths: string[] = []
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) {
      const { record } = await first.install(`${NAME}@${version}`)
      paths.push(first.catalog.current.findExact(SAY, NAME, record.version)?.bundle.bundlePath ?? '')
    }
    await first.close()
    await rm(paths[0] ?? '')
    await writeFile(paths[1] ?? '', 'evil()')
    await rm(paths[2] ?? '')
    await rm(path.join(folder.root, 'storage/system/_plugins/repository/@acme__plugin-echo__1_2_0.tgz'))
    const downloads = folder.source.downloads
    const second = await folder.start()
    for (const [index, version] of ['1.0.0', '1.1.0', '1.2.0'].entries()) {
      expect(await readFile(paths[index] ?? '')).toEqual(bundleOf({ name: NAME, version }))
    }
    expect(second.catalog.current.listVersions(SAY)).toHaveLength(3)
    expect(folder.source.downloads - downloads).toBe(1)
    expect(folder.faults).toEqual([])
  })

  test('never takes other bytes than those that were installed', async () => {
    await using folder = await openManagedFolder()
    await folder.publish({ version: '1.0.0' })
    const first = await folder.start({ archive: undefined })
    await first.install(NAME)
    await first.close()
    await rm(path.join(folder.root, 'plugins/bundles'), { recursive: true })
    await folder.publish({ version: '1.0.0', code: 'evil()' })
    const second = await folder.start({ archive: undefined })
    expect(second.catalog.current.listTypes()).toEqual([])
    expect(second.catalog.listPackages()[0]?.versions[0]).toMatchObject({
      state: 'FAILED',
      reason: expect.stringContaining('not the one that was published'),
    })
    expect(folder.faults).toHaveLength(1)
  })

  test('removes what belongs to no row', async () => {
    await using folder = await openManagedFolder()
    const hex = 'ab'.repeat(64)
    await (await folder.start()).close()
    await writeFile(path.join(folder.root, 'plugins/incoming/half.tgz'), 'x')
    await writeFile(path.join(folder.root, 'plugins/bundles', hex), 'x')
    await folder.storage.write('system', '_plugins/repository/@acme__gone__1_0_0.tgz', 'x')
    await folder.storage.write('system', '_plugins/repository/unrelated.txt', 'x')
    await folder.start({ nowMs: () => Date.now() + 10_000 })
    expect(await readdir(path.join(folder.root, 'plugins/incoming'))).toEqual([])
    expect(await readdir(path.join(folder.root, 'plugins/bundles'))).toEqual([])
    expect(await readdir(path.join(folder.root, 'storage/system/_plugins/repository'))).toEqual([
      'unrelated.txt',
    ])
  })

  test('leaves alone what another server may be installing', async () => {
    await using folder = await openManagedFolder()
    await folder.storage.write('system', '_plugins/repository/@acme__gone__1_0_0.tgz', 'x')
    await folder.start({ orphanGraceMs: 60_000 })
    expect(await folder.storage.stat('system', '_plugins/repository/@acme__gone__1_0_0.tgz')).toBeDefined()
  })

  test('on another machine has everything after a rescan', async () => {
    await using folder = await openManagedFolder()
    await folder.publish({ version: '1.0.0' })
    const first = await folder.start()
    const second = await folder.start({ folder: path.join(folder.root, 'plugins-2') })
    await first.install(NAME)
    expect(second.catalog.current.listTypes()).toEqual([])
    await second.rescan()
    const { bundle } = second.catalog.current.resolve({ type: SAY, instance: 'LATEST' }).resolved
    expect(bundle.bundlePath).toContain('plugins-2')
    expect(await readFile(bundle.bundlePath)).toEqual(bundleOf({ name: NAME, version: '1.0.0' }))
  })
})

test('a manager that closes takes nothing on', async () => {
  await using folder = await openManagedFolder()
  const manager = await folder.start()
  await manager.close()
  await expect(manager.install(NAME)).rejects.toThrow(fails('PLUGIN_MANAGER_CLOSED'))
})
