import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TAR_END, type TestEntry, tarball, tarEntry } from '../testing/tarballs.ts'
import { openTarball } from './open-tarball.ts'
import { packagePath } from './package-path.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinion-tarball-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function file(content: Buffer): Promise<string> {
  const path = join(folder, `${Math.random()}.tgz`)
  await writeFile(path, content)
  return path
}

const PACKAGE_JSON: TestEntry = { path: 'package/package.json', content: '{"name":"a"}' }

describe('an honest tarball', () => {
  test('gives the wanted files and counts the entries', async () => {
    const path = await file(
      tarball([
        PACKAGE_JSON,
        { path: 'package/lib/', type: 'Directory' },
        { path: 'package/lib/a.js', content: 'x' },
      ]),
    )
    const opened = await openTarball(path, { wanted: (name) => (name === 'lib/a.js' ? 10 : undefined) })
    expect(opened.entries).toBe(3)
    expect(Object.fromEntries(opened.files)).toEqual({ 'lib/a.js': Buffer.from('x') })
  })

  test('may call its folder something else than "package"', async () => {
    const path = await file(tarball([{ path: 'acme-http/package.json', content: '{}' }]))
    const opened = await openTarball(path, { wanted: () => 10 })
    expect([...opened.files.keys()]).toEqual(['package.json'])
  })

  test('may have a wanted file that is larger than one chunk', async () => {
    const content = Buffer.from('abcdefgh'.repeat(40_000))
    const path = await file(tarball([PACKAGE_JSON, { path: 'package/big', content }]))
    const opened = await openTarball(path, { wanted: (name) => (name === 'big' ? 1e6 : undefined) })
    expect(opened.files.get('big')?.equals(content)).toBe(true)
  })
})

describe('a hostile tarball is refused, by the entry', () => {
  const hostile: readonly [string, string, TestEntry][] = [
    ['that climbs out', 'REGISTRY_TARBALL_PATH_UNSAFE', { path: 'package/../../etc/passwd' }],
    ['that is absolute', 'REGISTRY_TARBALL_PATH_UNSAFE', { path: '/etc/passwd' }],
    ['with a drive letter', 'REGISTRY_TARBALL_PATH_UNSAFE', { path: 'C:/windows' }],
    ['with backslashes', 'REGISTRY_TARBALL_PATH_UNSAFE', { path: 'package\\..\\..\\a' }],
    ['beside the package', 'REGISTRY_TARBALL_PATH_UNSAFE', { path: 'package.json' }],
    [
      'symbolic link',
      'REGISTRY_TARBALL_ENTRY_TYPE',
      { path: 'package/a', type: 'SymbolicLink', linkpath: '/etc' },
    ],
    ['hard link', 'REGISTRY_TARBALL_ENTRY_TYPE', { path: 'package/a', type: 'Link', linkpath: 'package/b' }],
    ['device', 'REGISTRY_TARBALL_ENTRY_TYPE', { path: 'package/a', type: 'CharacterDevice' }],
    ['pipe', 'REGISTRY_TARBALL_ENTRY_TYPE', { path: 'package/a', type: 'FIFO' }],
    ['that comes twice', 'REGISTRY_TARBALL_DUPLICATE_PATH', { path: 'package/./package.json' }],
    ['that claims 10 GB', 'REGISTRY_TARBALL_FILE_TOO_LARGE', { path: 'package/a', sizeBytes: 8_589_934_591 }],
  ]
  test.each(hostile)('%s', async (_, code, entry) => {
    const path = await file(tarball([PACKAGE_JSON, entry]))
    await expect(openTarball(path)).rejects.toMatchObject({ code, at: { entry: expect.any(String) } })
  })

  test('whose wanted file is over its own bound', async () => {
    const path = await file(tarball([PACKAGE_JSON]))
    await expect(openTarball(path, { wanted: () => 3 })).rejects.toMatchObject({
      code: 'REGISTRY_TARBALL_FILE_TOO_LARGE',
      at: { entry: 'package/package.json' },
    })
  })
})

describe('a tarball that is a bomb', () => {
  /** gzip allows members one after the other, so a huge stream needs to be compressed in part only. */
  async function repeated(first: Buffer, member: Buffer, times: number): Promise<string> {
    const path = join(folder, `${Math.random()}.tgz`)
    const parts = function* () {
      yield first
      for (let index = 0; index < times; index += 1) yield member
    }
    await pipeline(Readable.from(parts()), createWriteStream(path))
    return path
  }

  test('of 10 GB of zeros is given up at once', async () => {
    const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const path = await repeated(gzipSync(tarEntry(PACKAGE_JSON)), zeros, 160)
    const startedAtMs = performance.now()
    await expect(openTarball(path)).rejects.toMatchObject({ code: 'REGISTRY_TARBALL_RATIO' })
    expect(performance.now() - startedAtMs).toBeLessThan(2_000)
  })

  test('of a million entries is given up after the bound', async () => {
    const entries = Array.from({ length: 10_000 }, (_, index) => tarEntry({ path: `package/${index}` }))
    const path = await repeated(gzipSync(tarEntry(PACKAGE_JSON)), gzipSync(Buffer.concat(entries)), 100)
    await expect(openTarball(path)).rejects.toMatchObject({ code: 'REGISTRY_TARBALL_TOO_MANY_ENTRIES' })
  })

  test('of incompressible data is bounded by what it unpacks to', async () => {
    const path = await file(tarball([PACKAGE_JSON, { path: 'package/a', content: 'x'.repeat(5_000) }]))
    await expect(openTarball(path, { limits: { maxUnpackedBytes: 4_096 } })).rejects.toMatchObject({
      code: 'REGISTRY_TARBALL_UNPACKED_TOO_LARGE',
    })
  })

  test('compressed twice is refused', async () => {
    await expect(openTarball(await file(gzipSync(tarball([PACKAGE_JSON]))))).rejects.toMatchObject({
      code: 'REGISTRY_TARBALL_CORRUPT',
    })
  })
})

describe('what is no whole tarball is called corrupt', () => {
  const whole = tarball([PACKAGE_JSON, { path: 'package/a', content: 'x'.repeat(2_000) }])
  test.each([
    ['cut off', whole.subarray(0, whole.length - 30)],
    ['not gzip', Buffer.from('hello')],
    ['empty', Buffer.alloc(0)],
    [
      'an archive cut off before it was compressed',
      gzipSync(tarEntry({ path: 'package/a', content: 'x', sizeBytes: 5_000 })),
    ],
    ['an empty archive', gzipSync(TAR_END)],
    ['noise', gzipSync(Buffer.from('noise'.repeat(1_000)))],
  ])('%s', async (_, content) => {
    await expect(openTarball(await file(content))).rejects.toMatchObject({ code: 'REGISTRY_TARBALL_CORRUPT' })
  })
})

test('a safe path never leads out of the package', () => {
  const segment = fc.oneof(fc.constantFrom('..', '.', '', 'a', 'package', 'C:', '\\', '/'), fc.string())
  fc.assert(
    fc.property(
      fc.array(segment).map((segments) => segments.join('/')),
      (path) => {
        const checked = packagePath(path)
        if (!checked.isSafe) return
        expect(checked.path.split('/')).not.toContain('..')
        expect(checked.path.startsWith('/')).toBe(false)
        expect(checked.path).not.toMatch(/\\|^[a-z]:/i)
      },
    ),
  )
})
