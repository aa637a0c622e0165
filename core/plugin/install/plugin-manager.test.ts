import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { MANIFEST_PATH } from '@pinion/plugin-sdk/manifest'
import { describe, expect, test } from 'vitest'
import { openManagedFolder } from '../testing/managed-folder.ts'
import { bundleOf, filesOf, manifestOf, packFiles, typeOf } from '../testing/plugin-package.ts'

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

test('a manager that closes takes nothing on', async () => {
  await using folder = await openManagedFolder()
  const manager = await folder.start()
  await manager.close()
  await expect(manager.install(NAME)).rejects.toThrow(fails('PLUGIN_MANAGER_CLOSED'))
})
