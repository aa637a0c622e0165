import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Storage } from './storage.ts'

export interface OpenedStorage {
  readonly storage: Storage
  close(): Promise<void>
}

const NAMES = [
  'plain.txt',
  'with space',
  'ümläut',
  '日本語.csv',
  '😀.bin',
  'quote\'"',
  'a%2Fb',
  'percent%',
  'a+b&c=d#e?f',
]
const BAD_PATHS = [
  '',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  'a/../b',
  '../a',
  'a/..',
  './a',
  '.hidden',
  'a/.hidden/b',
  'a\\b',
  '..\\a',
  'a\0b',
  'a\nb',
  'a\u007fb',
  'con',
  'a/NUL.txt',
  'com1',
  'Lpt9.log',
  'a/trailing.',
  'a/trailing ',
  'a/\ud800',
  'x'.repeat(256),
  `${'é'.repeat(128)}`,
  Array(65).fill('a').join('/'),
  `${'a'.repeat(250)}/`.repeat(9).slice(0, -1),
]
const BAD_TENANTS = ['', '.', '..', '.tmp', 'a/b', '../main', 'a\0', 'nul', 'x'.repeat(256)]

/** What every storage must do. Called by each backend's test file. */
export function describeStorage(name: string, open: () => Promise<OpenedStorage>): void {
  describe(`${name} keeps the storage contract`, () => {
    let opened: OpenedStorage
    let storage: Storage
    beforeAll(async () => {
      opened = await open()
      storage = opened.storage
    })
    afterAll(() => opened.close())
    const readText = async (path: string, range?: { offset: number; length?: number }): Promise<string> =>
      text(await storage.read('main', path, range))

    test('what is written is read back, from text, bytes and a stream, with its size', async () => {
      expect(await storage.write('main', 'kinds/text', 'hé😀')).toEqual({ sizeBytes: 7 })
      expect(await storage.write('main', 'kinds/bytes', new Uint8Array([0, 255, 10]))).toEqual({
        sizeBytes: 3,
      })
      const chunks = ['one ', 'two ', 'é']
      expect(await storage.write('main', 'kinds/stream', Readable.from(chunks))).toEqual({ sizeBytes: 10 })
      expect(await storage.write('main', 'kinds/empty', '')).toEqual({ sizeBytes: 0 })
      expect(await readText('kinds/text')).toBe('hé😀')
      expect([...(await buffer(await storage.read('main', 'kinds/bytes')))]).toEqual([0, 255, 10])
      expect(await readText('kinds/stream')).toBe('one two é')
      expect(await readText('kinds/empty')).toBe('')
    })

    test.for(NAMES)('a name such as %j survives', async (fileName) => {
      await storage.write('main', `names/${fileName}/${fileName}`, fileName)
      expect(await readText(`names/${fileName}/${fileName}`)).toBe(fileName)
      const listed = await storage.list('main', `names/${fileName}`)
      expect(listed.map((file) => file.path)).toEqual([`names/${fileName}/${fileName}`])
    })

    test('writing again replaces the whole file', async () => {
      await storage.write('main', 'again', 'a long first version')
      await storage.write('main', 'again', 'short')
      expect(await readText('again')).toBe('short')
      expect(await storage.stat('main', 'again')).toMatchObject({ sizeBytes: 5 })
    })

    test('a range gives exactly its bytes', async () => {
      await storage.write('main', 'range', '0123456789')
      expect(await readText('range', { offset: 3 })).toBe('3456789')
      expect(await readText('range', { offset: 3, length: 4 })).toBe('3456')
      expect(await readText('range', { offset: 0, length: 0 })).toBe('')
      expect(await readText('range', { offset: 8, length: 100 })).toBe('89')
      expect(await readText('range', { offset: 10 })).toBe('')
      expect(await readText('range', { offset: 99, length: 1 })).toBe('')
    })

    test.for([
      { offset: -1 },
      { offset: 0.5 },
      { offset: Number.NaN },
      { offset: 0, length: -1 },
      { offset: 0, length: Number.POSITIVE_INFINITY },
      { offset: Number.MAX_SAFE_INTEGER, length: 1 },
    ])('the range %j is refused', async (range) => {
      await storage.write('main', 'range', '0123456789')
      await expect(storage.read('main', 'range', range)).rejects.toMatchObject({
        code: 'STORAGE_RANGE_INVALID',
      })
    })

    test('what is not there is absent, not an error of the system', async () => {
      await storage.write('main', 'absent/file', 'x')
      for (const path of ['nowhere', 'absent', 'absent/file/below']) {
        await expect(storage.read('main', path)).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
        expect(await storage.stat('main', path)).toBeUndefined()
        expect(await storage.delete('main', path)).toBe(false)
      }
      expect(await storage.list('main', 'nowhere')).toEqual([])
      expect(await storage.deletePrefix('main', 'nowhere')).toBe(0)
      expect(await readText('absent/file')).toBe('x')
    })

    test('the time of the last change is told', async () => {
      const before = Date.now()
      await storage.write('main', 'time', 'x')
      const found = await storage.stat('main', 'time')
      // File systems may round down by a clock tick.
      expect(found?.modifiedAtMs).toBeGreaterThanOrEqual(before - 1_000)
      expect(found?.modifiedAtMs).toBeLessThanOrEqual(Date.now() + 1)
    })

    test('a listing covers a folder, in order, not its namesakes', async () => {
      for (const path of ['list/b/2', 'list/b/1', 'list/b/c/3', 'list/bc/4', 'list/b.d']) {
        await storage.write('main', path, path)
      }
      const paths = async (prefix: string) => (await storage.list('main', prefix)).map((file) => file.path)
      expect(await paths('list/b')).toEqual(['list/b/1', 'list/b/2', 'list/b/c/3'])
      expect(await paths('list/b/')).toEqual(['list/b/1', 'list/b/2', 'list/b/c/3'])
      expect(await paths('list')).toEqual(['list/b.d', 'list/b/1', 'list/b/2', 'list/b/c/3', 'list/bc/4'])
      expect(await storage.list('main', 'list/bc')).toEqual([{ path: 'list/bc/4', sizeBytes: 9 }])
    })

    test('deleting a folder counts its files and spares its namesakes', async () => {
      for (const path of ['gone/a/1', 'gone/a/b/2', 'gone/ab', 'gone/c'])
        await storage.write('main', path, 'x')
      expect(await storage.deletePrefix('main', 'gone/a')).toBe(2)
      expect((await storage.list('main', 'gone')).map((file) => file.path)).toEqual(['gone/ab', 'gone/c'])
      expect(await storage.delete('main', 'gone/c')).toBe(true)
      expect(await storage.delete('main', 'gone/c')).toBe(false)
    })

    test('a folder that lost its files is no obstacle to a file of its name', async () => {
      await storage.write('main', 'turn/x/y', '1')
      await storage.delete('main', 'turn/x/y')
      await storage.write('main', 'turn/x', '2')
      expect(await readText('turn/x')).toBe('2')
    })

    test('tenants do not see each other', async () => {
      await storage.write('one', 'secret/file', '1')
      await storage.write('two', 'secret/file', '2')
      expect(await text(await storage.read('one', 'secret/file'))).toBe('1')
      expect(await storage.deletePrefix('two', '')).toBe(1)
      expect(await storage.list('one', '')).toEqual([{ path: 'secret/file', sizeBytes: 1 }])
      expect(await storage.list('two', '')).toEqual([])
    })

    test.for(BAD_PATHS)('the path %j is refused by every method', async (path) => {
      const refused = { code: 'STORAGE_PATH_INVALID' }
      await expect(storage.read('main', path)).rejects.toMatchObject(refused)
      await expect(storage.write('main', path, 'x')).rejects.toMatchObject(refused)
      await expect(storage.stat('main', path)).rejects.toMatchObject(refused)
      await expect(storage.delete('main', path)).rejects.toMatchObject(refused)
      if (path === '' || path === 'a/') return
      await expect(storage.list('main', path)).rejects.toMatchObject(refused)
      await expect(storage.deletePrefix('main', path)).rejects.toMatchObject(refused)
    })

    test.for(BAD_TENANTS)('the tenant %j is refused by every method', async (tenant) => {
      const refused = { code: 'STORAGE_PATH_INVALID' }
      await expect(storage.read(tenant, 'a')).rejects.toMatchObject(refused)
      await expect(storage.write(tenant, 'a', 'x')).rejects.toMatchObject(refused)
      await expect(storage.list(tenant, '')).rejects.toMatchObject(refused)
      await expect(storage.deletePrefix(tenant, '')).rejects.toMatchObject(refused)
    })

    test('a stream that fails leaves nothing, and what was there before stays', async () => {
      await storage.write('main', 'broken', 'before')
      const failing = Readable.from(
        (async function* () {
          yield randomBytes(100_000)
          throw new Error('the sender hung up')
        })(),
      )
      await expect(storage.write('main', 'broken', failing)).rejects.toMatchObject({
        code: 'STORAGE_WRITE_ABORTED',
        message: expect.stringContaining('the sender hung up'),
      })
      const destroyed = new Readable({ read() {} })
      destroyed.push('half')
      const writing = storage.write('main', 'broken', destroyed)
      destroyed.destroy()
      await expect(writing).rejects.toMatchObject({ code: 'STORAGE_WRITE_ABORTED' })
      expect(await readText('broken')).toBe('before')
    })

    test('a stream is given up with the path that it was for', async () => {
      const source = new Readable({ read() {} })
      await expect(storage.write('main', '../a', source)).rejects.toMatchObject({
        code: 'STORAGE_PATH_INVALID',
      })
      expect(source.destroyed).toBe(true)
    })

    test('a reader keeps the version that it opened', async () => {
      const old = 'o'.repeat(300_000)
      await storage.write('main', 'versions', old)
      const reading = await storage.read('main', 'versions')
      await storage.write('main', 'versions', 'new')
      expect(await text(reading)).toBe(old)
      expect(await readText('versions')).toBe('new')
    })

    test('of many writers of one file each time one wins whole, folders coming and going', async () => {
      const writers = Array.from({ length: 20 }, (_, index) => String(index).repeat(50_000))
      const deleters = Array.from({ length: 20 }, () => storage.delete('main', 'race/of/file'))
      await Promise.all([
        ...writers.map((content) => storage.write('main', 'race/of/file', content)),
        ...deleters,
      ])
      await storage.write('main', 'race/of/other', '')
      const found = await storage.stat('main', 'race/of/file')
      if (found !== undefined) expect(writers).toContain(await readText('race/of/file'))
    })

    test('a large stream passes in little memory', async () => {
      const chunk = randomBytes(256 * 1024)
      const chunks = 400
      const source = Readable.from(
        (async function* () {
          for (let index = 0; index < chunks; index++) yield chunk
        })(),
        { objectMode: false },
      )
      const before = process.memoryUsage().rss
      expect(await storage.write('main', 'large', source)).toEqual({ sizeBytes: chunk.length * chunks })
      let sizeBytes = 0
      for await (const part of await storage.read('main', 'large')) sizeBytes += part.length
      expect(sizeBytes).toBe(chunk.length * chunks)
      // A tenth of the 100 MB in the margin would do; the collector is not asked to hurry.
      expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024)
      await storage.delete('main', 'large')
    })

    test('whatever is written at any good path is read back', async () => {
      const segment = fc
        .string({ unit: 'binary', minLength: 1, maxLength: 20 })
        .filter((name) => name.isWellFormed() && !/[/\\\p{Cc}]|^\.|[. ]$/u.test(name))
        .filter((name) => !/^(con|prn|aux|nul|com.|lpt.)(\.|$)/i.test(name))
      await fc.assert(
        fc.asyncProperty(
          fc.array(segment, { minLength: 1, maxLength: 4 }),
          fc.uint8Array({ maxLength: 500 }),
          async (segments, content) => {
            const path = `any/${segments.join('/')}`
            try {
              await storage.write('main', path, content)
              expect(new Uint8Array(await buffer(await storage.read('main', path)))).toEqual(content)
            } finally {
              await storage.deletePrefix('main', 'any')
            }
          },
        ),
        { numRuns: 50 },
      )
    })
  })
}
