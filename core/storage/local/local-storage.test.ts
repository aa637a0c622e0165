import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeStorage } from '../conformance.ts'
import { STALE_TEMPORARY_MS } from '../limits.ts'
import { createLocalStorage } from './local-storage.ts'

async function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'pinion-storage-'))
}

describeStorage('A local folder', async () => {
  const directory = await makeFolder()
  return {
    storage: await createLocalStorage({ directory: join(directory, 'made', 'here') }),
    close: () => rm(directory, { recursive: true }),
  }
})

describe('A local folder', () => {
  let folder: string
  let directory: string
  beforeAll(async () => {
    folder = await makeFolder()
    directory = join(folder, 'storage')
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('keeps each tenant in a folder of its own, and nothing else that is visible', async () => {
    const storage = await createLocalStorage({ directory })
    await storage.write('main', 'a/b.txt', 'x')
    await storage.write('other', 'c', 'y')
    expect(await readFile(join(directory, 'main/a/b.txt'), 'utf8')).toBe('x')
    expect((await readdir(directory)).filter((name) => !name.startsWith('.'))).toEqual(['main', 'other'])
    await storage.delete('main', 'a/b.txt')
    expect(await readdir(join(directory, 'main'))).toEqual([])
  })

  test.for(['main/out', 'main/deep/out', 'whole-tenant'])('never follows the link %s', async (link) => {
    const storage = await createLocalStorage({ directory })
    const outside = join(folder, 'outside')
    await mkdir(outside, { recursive: true })
    await writeFile(join(outside, 'secret'), 'secret')
    await mkdir(join(directory, 'main/deep'), { recursive: true })
    await symlink(outside, join(directory, link))
    const [tenant = '', ...rest] = link.split('/')
    const path = [...rest, 'secret'].join('/')
    const refused = { code: 'STORAGE_PATH_INVALID' }
    await expect(storage.read(tenant, path)).rejects.toMatchObject(refused)
    await expect(storage.stat(tenant, path)).rejects.toMatchObject(refused)
    await expect(storage.write(tenant, path, 'mine')).rejects.toMatchObject(refused)
    await expect(storage.delete(tenant, path)).rejects.toMatchObject(refused)
    if (rest.length > 0) {
      await expect(storage.list(tenant, rest.join('/'))).rejects.toMatchObject(refused)
      expect(await storage.list(tenant, '')).toEqual([])
      await storage.deletePrefix(tenant, '')
    } else {
      await expect(storage.deletePrefix(tenant, '')).rejects.toMatchObject(refused)
    }
    expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret')
  })

  test('never follows a link that is the file itself', async () => {
    const storage = await createLocalStorage({ directory })
    await writeFile(join(folder, 'target'), 'secret')
    await mkdir(join(directory, 'main'), { recursive: true })
    await symlink(join(folder, 'target'), join(directory, 'main/link'))
    await expect(storage.read('main', 'link')).rejects.toMatchObject({ code: 'STORAGE_PATH_INVALID' })
    await expect(storage.write('main', 'link', 'mine')).rejects.toMatchObject({
      code: 'STORAGE_PATH_INVALID',
    })
    expect(await readFile(join(folder, 'target'), 'utf8')).toBe('secret')
  })

  test('tells a file from a folder in its way', async () => {
    const storage = await createLocalStorage({ directory })
    await storage.write('main', 'way/file', 'x')
    await expect(storage.write('main', 'way/file/below', 'y')).rejects.toMatchObject({
      code: 'STORAGE_CONFLICT',
    })
    await expect(storage.write('main', 'way', 'y')).rejects.toMatchObject({ code: 'STORAGE_CONFLICT' })
    expect(await text(await storage.read('main', 'way/file'))).toBe('x')
  })

  test('shows a file only when it is whole', async () => {
    const storage = await createLocalStorage({ directory })
    const source = new Readable({ read() {} })
    const writing = storage.write('main', 'slow', source)
    source.push('first half, ')
    expect(await storage.stat('main', 'slow')).toBeUndefined()
    source.push('second half')
    source.push(null)
    await writing
    expect(await text(await storage.read('main', 'slow'))).toBe('first half, second half')
  })

  test('removes at start what died half written, and leaves what is still being written', async () => {
    const storage = await createLocalStorage({ directory })
    const left = join(directory, '.tmp', 'left-behind')
    await writeFile(left, 'half')
    const longAgo = new Date(Date.now() - STALE_TEMPORARY_MS - 1_000)
    await utimes(left, longAgo, longAgo)
    await writeFile(join(directory, '.tmp', 'in-flight'), 'half')
    await createLocalStorage({ directory })
    expect(await readdir(join(directory, '.tmp'))).toEqual(['in-flight'])
    await rm(join(directory, '.tmp', 'in-flight'))
    await expect(
      storage.write('main', 'x', new Readable({ read: () => {} }).destroy(new Error('no'))),
    ).rejects.toMatchObject({ code: 'STORAGE_WRITE_ABORTED' })
    expect(await readdir(join(directory, '.tmp'))).toEqual([])
  })

  test('says so when its folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '')
    await expect(createLocalStorage({ directory: join(folder, 'file', 'below') })).rejects.toMatchObject({
      code: 'STORAGE_CONFLICT',
    })
  })
})
