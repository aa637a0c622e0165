import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DataFolder } from './data-folder.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pinion-data-'))
})
afterAll(() => rm(root, { recursive: true }))

test('one server at a time uses a folder, also within one process', async () => {
  const path = join(root, 'a')
  const first = await DataFolder.open(path)
  await expect(DataFolder.open(path)).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' })
  await first[Symbol.asyncDispose]()
  const second = await DataFolder.open(path)
  await second[Symbol.asyncDispose]()
})

test('the lock of a killed process is gone with it', async () => {
  const path = join(root, 'b')
  const module = JSON.stringify(new URL('./data-folder.ts', import.meta.url).href)
  const script = `const { DataFolder } = await import(${module}); await DataFolder.open(process.argv[1]); console.log('held'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  await expect(DataFolder.open(path)).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const folder = await DataFolder.open(path)
  await folder[Symbol.asyncDispose]()
})

test('a path that is a file is refused with a way out', async () => {
  const path = join(root, 'file')
  await writeFile(path, '')
  await expect(DataFolder.open(path)).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' })
})
