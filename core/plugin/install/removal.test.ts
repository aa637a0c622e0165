import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { openManagedFolder } from '../testing/managed-folder.ts'

const NAME = '@acme/plugin-echo'
const SAY = 'io.acme.echo.Say'

const fails = (code: string, text = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(text) })

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
