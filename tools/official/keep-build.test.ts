import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepBuild } from './keep-build.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinion-builds-'))
})
afterAll(() => rm(root, { recursive: true }))

const digest = (letter: string) => join(root, letter.repeat(32))

async function build(name: string, text: string): Promise<string> {
  const work = join(root, name)
  await mkdir(work)
  await writeFile(join(work, 'package.tgz'), text)
  return work
}

test('of two who build the same sources at once, the first is kept and the second is content', async () => {
  await keepBuild(await build('work-1', 'first'), digest('a'))
  await keepBuild(await build('work-2', 'second'), digest('a'))
  expect(await readFile(join(digest('a'), 'package.tgz'), 'utf8')).toBe('first')
  expect(await readdir(root)).toEqual(['a'.repeat(32)])
})

test('the newest builds are kept, whatever their digests', async () => {
  for (const [index, letter] of ['f', 'e', 'd', 'c'].entries()) {
    await keepBuild(await build(`work-${letter}`, letter), digest(letter))
    await utimes(digest(letter), new Date(), new Date(Date.now() + index * 1000))
  }
  await keepBuild(await build('work-b', 'b'), digest('b'))
  await utimes(digest('b'), new Date(), new Date(Date.now() + 60_000))
  await keepBuild(await build('work-9', '9'), digest('9'))
  expect((await readdir(root)).map((name) => name[0])).toContain('9')
  expect(await readdir(root)).toHaveLength(3)
})

test('a build that cannot be moved is told of', async () => {
  await expect(keepBuild(join(root, 'nothing'), digest('0'))).rejects.toThrow('ENOENT')
})
