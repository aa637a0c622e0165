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

test('of two who build the same sources at once, the first is kept and the second gives way', async () => {
  await keepBuild(await build('work-1', 'first'), digest('a'))
  await keepBuild(await build('work-2', 'second'), digest('a'))
  expect(await readFile(join(digest('a'), 'package.tgz'), 'utf8')).toBe('first')
  expect(await readdir(root)).toEqual(['a'.repeat(32)])
  await rm(digest('a'), { recursive: true })
})

test('the newest builds are kept, whatever their digests', async () => {
  for (const [index, letter] of ['f', '1', 'e', '2', 'd'].entries()) {
    await keepBuild(await build(`work-${letter}`, letter), digest(letter))
    const hoursAgo = new Date(Date.now() - (10 - index) * 3_600_000)
    await utimes(digest(letter), hoursAgo, hoursAgo)
  }
  await keepBuild(await build('work-0', 'newest'), digest('0'))
  expect((await readdir(root)).map((name) => name[0]).toSorted()).toEqual(['0', '2', 'd'])
})

test('a build that cannot be moved is told of', async () => {
  await expect(keepBuild(join(root, 'nothing'), digest('9'))).rejects.toThrow('ENOENT')
})
