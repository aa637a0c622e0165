import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { openManagedFolder } from '../testing/managed-folder.ts'
import { bundleOf } from '../testing/plugin-package.ts'

const NAME = '@acme/plugin-echo'
const SAY = 'io.acme.echo.Say'

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
