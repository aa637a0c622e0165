import { describe, expect, test } from 'vitest'
import { newId } from '../../id/index.ts'
import type { Store } from '../store.ts'
import { pluginVersion } from './records.ts'

export function describePlugins(openStore: () => Store): void {
  const plugins = () => openStore().plugins
  const newName = () => `@acme/${newId()}`

  describe('plugin versions', () => {
    test('are saved, replaced, found and listed', async () => {
      const name = newName()
      const least = pluginVersion(name, { version: '2.0.0', installedAtMs: 2 })
      const full = pluginVersion(name, {
        state: 'FAILED',
        reason: 'worker 😀 said "no"',
        distTags: ['latest', 'Beta'],
        deprecatedMessage: 'use 2',
        installedAtMs: 1,
      })
      await plugins().save(full)
      await plugins().save(least)
      expect(await plugins().find(name, '1.0.0')).toStrictEqual(full)
      expect((await plugins().list()).filter((each) => each.packageName === name)).toStrictEqual([
        full,
        least,
      ])
      await plugins().save({ ...least, version: '1.0.0' })
      expect(await plugins().find(name, '1.0.0')).toStrictEqual({ ...least, version: '1.0.0' })
      expect(await plugins().find(name.toUpperCase(), '1.0.0')).toBeUndefined()
      await plugins().remove(name, '1.0.0')
      expect(await plugins().find(name, '1.0.0')).toBeUndefined()
      await plugins().remove(name, '1.0.0')
      expect(await plugins().find(name, '2.0.0')).toStrictEqual(least)
    })

    test('versions are told apart by letter case', async () => {
      const name = newName()
      const versions = ['1.0.0-a', '1.0.0-A', '1.0.0-a+x']
      for (const version of versions)
        await plugins().save(pluginVersion(name, { version, integrity: version }))
      for (const version of versions) {
        expect(await plugins().find(name, version)).toMatchObject({ version, integrity: version })
      }
    })

    test('move from a state only if they are in it', async () => {
      const name = newName()
      await plugins().save(pluginVersion(name, { state: 'STAGED', reason: 'before' }))
      expect(await plugins().transition(name, '1.0.0', 'ACTIVE', 'DRAINING')).toBe(false)
      expect(await plugins().transition(name, '9.9.9', 'STAGED', 'ACTIVE')).toBe(false)
      expect(await plugins().transition(name, '1.0.0', 'STAGED', 'FAILED', 'because')).toBe(true)
      expect(await plugins().find(name, '1.0.0')).toMatchObject({ state: 'FAILED', reason: 'because' })
      expect(await plugins().transition(name, '1.0.0', 'FAILED', 'STAGED')).toBe(true)
      expect(await plugins().find(name, '1.0.0')).not.toHaveProperty('reason')
    })

    test('of many who move a version at once, one does', async () => {
      const name = newName()
      await plugins().save(pluginVersion(name))
      const moved = await Promise.all(
        Array.from({ length: 10 }, () => plugins().transition(name, '1.0.0', 'STAGED', 'ACTIVE')),
      )
      expect(moved.filter(Boolean)).toHaveLength(1)
    })

    test('take the dist-tags and deprecations of the registry', async () => {
      const name = newName()
      for (const version of ['1.0.0', '2.0.0'])
        await plugins().save(pluginVersion(name, { version, distTags: ['old'] }))
      const other = newName()
      await plugins().save(pluginVersion(other, { distTags: ['latest'] }))
      await plugins().saveDistTags(name, { latest: '2.0.0', next: '2.0.0', lost: '3.0.0' })
      const tags = async (version: string) => (await plugins().find(name, version))?.distTags
      expect(await tags('1.0.0')).toEqual([])
      expect(await tags('2.0.0')).toEqual(['latest', 'next'])
      expect((await plugins().find(other, '1.0.0'))?.distTags).toEqual(['latest'])
      await plugins().saveDeprecation(name, '1.0.0', 'old')
      expect(await plugins().find(name, '1.0.0')).toMatchObject({ deprecatedMessage: 'old' })
      await plugins().saveDeprecation(name, '1.0.0', undefined)
      expect(await plugins().find(name, '1.0.0')).not.toHaveProperty('deprecatedMessage')
    })
  })
}
