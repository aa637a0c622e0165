import { describe, expect, test } from 'vitest'
import { type ManagedFolder, openManagedFolder } from '../testing/managed-folder.ts'
import { bundleOf, manifestOf, type PluginOptions } from '../testing/plugin-package.ts'

const NAME = '@acme/plugin-echo'
const SAY = 'io.acme.echo.Say'

const buildOf = (options: PluginOptions) => ({
  manifest: JSON.stringify(manifestOf(options)),
  bundle: bundleOf(options).toString(),
  sourceMap: '',
})

const publishedEvent = async (folder: ManagedFolder, version: string) => {
  const { path, integrity } = await folder.publish({ version })
  return {
    type: 'published',
    name: NAME,
    version,
    integrity,
    distTags: { latest: version },
    tarballPath: path,
  } as const
}

describe('a version under development', () => {
  test('takes the place of the build before it in one step, and frees that one', async () => {
    await using folder = await openManagedFolder()
    const manager = await folder.start()
    const first = await manager.develop(buildOf({ version: '1.1.0', code: 'first' }))
    const second = await manager.develop(buildOf({ version: '1.1.0', code: 'second' }))
    const resolved = manager.catalog.current.resolve({ type: SAY, instance: 'LATEST' }).resolved
    expect(resolved).toMatchObject({ version: '1.1.0', integrity: second.integrity })
    await manager.close()
    expect(folder.unloaded).toEqual([first.manifest.bundle.sha512])
    expect(folder.faults).toEqual([])
  })

  test('the same build again frees nothing', async () => {
    await using folder = await openManagedFolder()
    const manager = await folder.start()
    await manager.develop(buildOf({ code: 'same' }))
    await manager.develop(buildOf({ code: 'same' }))
    await manager.close()
    expect(folder.unloaded).toEqual([])
  })

  test('a build that does not load leaves the one before it serving', async () => {
    await using folder = await openManagedFolder()
    let isBroken = false
    const manager = await folder.start({
      listActivators: () => [
        {
          name: 'worker 1',
          load: async () => {
            if (isBroken) throw new Error('SyntaxError at src/Say.ts:3')
          },
        },
      ],
    })
    const good = await manager.develop(buildOf({ code: 'good' }))
    isBroken = true
    await expect(manager.develop(buildOf({ code: 'bad' }))).rejects.toMatchObject({
      code: 'PLUGIN_ACTIVATION_FAILED',
    })
    expect(manager.catalog.current.resolve({ type: SAY, instance: 'LATEST' }).resolved.integrity).toBe(
      good.integrity,
    )
  })

  test('a published version is never overlaid, and takes the place of its own development', async () => {
    await using folder = await openManagedFolder()
    const manager = await folder.start()
    await manager.develop(buildOf({ version: '1.1.0', code: 'still writing' }))
    expect(await manager.handle(await publishedEvent(folder, '1.1.0'), 'local')).toEqual({
      outcome: 'installed',
    })
    const [view] = manager.catalog.listPackages()[0]?.versions ?? []
    expect(view).toMatchObject({
      version: '1.1.0',
      repository: 'local',
      distTags: ['latest'],
      state: 'ACTIVE',
    })
    await expect(manager.develop(buildOf({ version: '1.1.0' }))).rejects.toMatchObject({
      code: 'PLUGIN_VERSION_CONFLICT',
      hint: expect.stringContaining('Raise the version'),
    })
  })

  test('survives a restart, and leaves when the session ends', async () => {
    await using folder = await openManagedFolder()
    const { integrity } = await (await folder.start()).develop(buildOf({ code: 'mine' }))
    const manager = await folder.start()
    expect(manager.catalog.current.resolve({ type: SAY, instance: 'LATEST' }).resolved.integrity).toBe(
      integrity,
    )
    expect(await manager.endDevelopment(NAME)).toBe(true)
    expect(await manager.endDevelopment(NAME)).toBe(false)
    expect(manager.catalog.current.listTypes()).toEqual([])
  })

  test('what lies about its bundle is refused', async () => {
    await using folder = await openManagedFolder()
    const manager = await folder.start()
    const build = { ...buildOf({ code: 'told' }), bundle: 'sent' }
    await expect(manager.develop(build)).rejects.toMatchObject({ code: 'PLUGIN_BUNDLE_MISMATCH' })
  })
})
