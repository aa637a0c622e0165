import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { buildPlugin } from '../build/index.ts'
import { scaffoldPlugin } from './index.ts'

const run = promisify(execFile)
const answers = {
  name: '@acme/plugin-text',
  title: 'Text & <more>',
  group: 'com.acme.plugin.text',
  description: 'Works on "texts".',
  registryUrl: 'http://localhost:8080/registry/',
}

test('a new project has everything that a plugin needs, and builds', async () => {
  await using folder = await temporaryFolder()
  const directory = join(folder.path, 'new', 'plugin')
  const files = await scaffoldPlugin({ ...answers, directory })
  expect(files).toEqual([
    '.github/workflows/ci.yaml',
    '.gitignore',
    '.npmrc',
    'CHANGELOG.md',
    'README.md',
    'docs/index.md',
    'icons/plugin-icon.svg',
    'package.json',
    'src/Reverse.gen.ts',
    'src/Reverse.schema.yaml',
    'src/Reverse.test.ts',
    'src/Reverse.ts',
    'test/flow.test.ts',
    'test/tsconfig.json',
    'tsconfig.json',
  ])
  expect(await readFile(join(directory, '.npmrc'), 'utf8')).toBe(
    '@pinion:registry=http://localhost:8080/registry/\n',
  )
  const packageJson: unknown = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'))
  expect(packageJson).toMatchObject({
    devDependencies: { node: expect.stringMatching(/^\^24\./) },
    allowScripts: { node: true, esbuild: true, 'isolated-vm': true },
  })
  const { manifest, regenerated } = await buildPlugin(directory)
  expect(regenerated).toEqual([])
  expect(manifest).toMatchObject({
    name: '@acme/plugin-text',
    title: 'Text & <more>',
    description: 'Works on "texts".',
    types: [{ type: 'com.acme.plugin.text.Reverse' }],
  })
})

test('its unit tests pass without a server', async () => {
  await using folder = await temporaryFolder()
  await scaffoldPlugin({ ...answers, directory: folder.path })
  await symlink(nodeModules(), join(folder.path, 'node_modules'))
  const { stdout } = await run(process.execPath, [join(nodeModules(), 'vitest/vitest.mjs'), 'run', 'src'], {
    cwd: folder.path,
    env: { ...process.env, NO_COLOR: '1' },
  })
  expect(stdout).toMatch(/Tests +3 passed/)
})

test('all answers that cannot be used are named at once, and nothing is written', async () => {
  await using folder = await temporaryFolder()
  const directory = join(folder.path, 'plugin')
  const refused = scaffoldPlugin({
    directory,
    name: 'Bad Name',
    title: ' ',
    group: 'Acme',
    description: 'two\nlines',
    registryUrl: 'ftp://x',
  })
  await expect(refused).rejects.toMatchObject({ code: 'PLUGIN_SCAFFOLD_REFUSED' })
  await expect(refused).rejects.toThrow(
    /"Bad Name" is not a valid npm name.*"Acme" is not a valid group.*title is empty.*description must be one line.*"ftp:\/\/x" is not the address/,
  )
  await expect(readFile(join(directory, 'package.json'))).rejects.toThrow('ENOENT')
})

test('a folder that holds anything but .git is left alone', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, '.git'))
  await scaffoldPlugin({ ...answers, directory: folder.path })
  await writeFile(join(folder.path, 'README.md'), 'mine')
  await expect(scaffoldPlugin({ ...answers, directory: folder.path })).rejects.toMatchObject({
    code: 'PLUGIN_SCAFFOLD_FOLDER_NOT_EMPTY',
  })
  expect(await readFile(join(folder.path, 'README.md'), 'utf8')).toBe('mine')
})

function nodeModules(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve('vitest/package.json')))
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'pinion-scaffold-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
