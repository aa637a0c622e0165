import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { openManagedFolder } from '../testing/managed-folder.ts'
import { packFiles } from '../testing/plugin-package.ts'
import type { PackageEvent } from './package-event.ts'

const NAME = '@acme/plugin-echo'
const SAY = 'io.acme.echo.Say'

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

  test('an installed version never changes, even if the registry has another one under its number', async () => {
    await using folder = await openManagedFolder()
    const manager = await folder.start()
    await manager.handle(published('1.0.0', await folder.publish({ version: '1.0.0' })), 'local')
    const other = await folder.publish({ version: '1.0.0', code: 'other()' })
    await expect(manager.handle(published('1.0.0', other), 'local')).rejects.toMatchObject({
      code: 'PLUGIN_VERSION_CONFLICT',
    })
    expect(folder.loaded).toHaveLength(1)
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
