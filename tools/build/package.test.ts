import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { scaffoldPlugin } from '@pinion/plugin-sdk/scaffold'
import { expect, test } from 'vitest'
import { packWorkspace } from './package.ts'

const run = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')

test('the packed SDK builds a scaffolded plugin on plain JavaScript', async () => {
  await using folder = await temporaryFolder()
  const archive = await packWorkspace(join(ROOT, 'plugin-sdk'), join(folder.path, 'archives'))
  expect(archive).toMatch(/archives\/pinion-plugin-sdk-\d+\.\d+\.\d+\.tgz$/)

  const project = join(folder.path, 'project')
  await scaffoldPlugin({
    directory: project,
    name: '@acme/plugin-text',
    title: 'Text',
    group: 'com.acme.plugin.text',
    description: 'Works on texts.',
    registryUrl: 'http://localhost:8080/registry/',
  })
  const sdk = join(project, 'node_modules/@pinion/plugin-sdk')
  await installFrom(archive, sdk)
  const launcher = join(sdk, 'bin/pinion-plugin.js')
  // Were a type left in what Node loads from below node_modules, it would stop here.
  const { stdout } = await run(process.execPath, [launcher, 'build'], { cwd: project })
  expect(stdout).toMatch(/^@acme\/plugin-text@0\.1\.0: 1 type/)
  const manifest: unknown = JSON.parse(await readFile(join(project, 'dist/manifest.json'), 'utf8'))
  expect(manifest).toMatchObject({ types: [{ type: 'com.acme.plugin.text.Reverse' }] })

  await writeFile(join(project, 'src/Reverse.ts'), 'export default 1\n')
  await expect(run(process.execPath, [launcher, 'check'], { cwd: project })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^src\/Reverse\.ts:1:1 {2}/m),
  })
})

test('the packed engine runs a flow with a plugin, on plain JavaScript', async () => {
  await using folder = await temporaryFolder()
  const archives = join(folder.path, 'archives')
  const modules = join(folder.path, 'node_modules')
  await symlinkDependencies('core', modules)
  await symlinkDependencies('plugin-sdk', modules)
  for (const name of ['core', 'plugin-sdk']) {
    await extract(await packWorkspace(join(ROOT, name), archives), join(modules, '@pinion', name))
  }
  const project = join(folder.path, 'project')
  await scaffoldPlugin({
    directory: project,
    name: '@acme/plugin-text',
    title: 'Text',
    group: 'com.acme.plugin.text',
    description: 'Works on texts.',
    registryUrl: 'http://localhost:8080/registry/',
  })
  const launcher = join(modules, '@pinion/plugin-sdk/bin/pinion-plugin.js')
  await run(process.execPath, [launcher, 'build'], { cwd: project })
  const script = `import { runFlow } from '@pinion/core/testing'
    const flow = 'id: a\\nnamespace: b\\ntasks: [{ id: c, type: com.acme.plugin.text.Reverse, text: abc }]'
    console.log(JSON.stringify(await runFlow({ pluginDir: '.', flow })))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: project })
  expect(JSON.parse(stdout)).toMatchObject({ state: 'SUCCESS', taskRuns: [{ outputs: { value: 'cba' } }] })
})

test('files keep their places; paths of sources that code opens itself lead to JavaScript; tests stay at home', async () => {
  await using folder = await temporaryFolder()
  const source = join(folder.path, 'source')
  await writeFiles(source, {
    'package.json':
      '{ "name": "@acme/room", "version": "1.0.0", "type": "module", "private": true, "scripts": {"x": "y"}, "bin": {"room": "./bin.ts"}, "exports": {".": "./index.ts", "./data": "./data.json"}, "devDependencies": {"vitest": "*"} }',
    'README.md': 'A room.\n',
    'data.json': '{}\n',
    'bin.ts': 'export const bin: number = 1\n',
    'index.ts':
      "export { child } from './deep/child.ts'\nexport type { Shape } from './deep/shape.ts'\nexport const text = \"import { x } from './nowhere.ts'\"\n",
    'deep/shape.ts': 'export interface Shape { readonly side: number }\n',
    'deep/child.ts': "export const child: URL = new URL('./worker.ts', import.meta.url)\n",
    'deep/worker.ts': 'export {}\n',
    'deep/child.test.ts': 'export {}\n',
    'deep/fixtures/sample.ts': 'export {}\n',
  })
  const installed = join(folder.path, 'installed')
  await extract(await packWorkspace(source, folder.path), installed)
  expect(JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))).toEqual({
    name: '@acme/room',
    version: '1.0.0',
    type: 'module',
    bin: { room: './bin.js' },
    exports: {
      '.': { types: './index.d.ts', default: './index.js' },
      './data': './data.json',
      './package.json': './package.json',
    },
  })
  const { stdout } = await run('tar', ['-tzf', join(folder.path, 'acme-room-1.0.0.tgz')])
  expect(
    stdout
      .trim()
      .split('\n')
      .map((name) => name.replace('package/', ''))
      .sort(),
  ).toEqual([
    'README.md',
    'bin.d.ts',
    'bin.js',
    'data.json',
    'deep/child.d.ts',
    'deep/child.js',
    'deep/shape.d.ts',
    'deep/shape.js',
    'deep/worker.d.ts',
    'deep/worker.js',
    'index.d.ts',
    'index.js',
    'package.json',
  ])
  const { child } = await import(join(installed, 'index.js'))
  expect(String(child)).toMatch(/deep\/worker\.js$/)
})

test('a door that leads to nothing compiled is named', async () => {
  await using folder = await temporaryFolder()
  await writeFiles(folder.path, {
    'package.json':
      '{ "name": "room", "version": "1.0.0", "type": "module", "exports": {".": "./index.ts"} }',
    'index.ts': "export { gone } from './gone.ts'\n",
  })
  await expect(packWorkspace(folder.path, join(folder.path, 'out'))).rejects.toMatchObject({
    code: 'PACK_EMIT_INCOMPLETE',
    message: expect.stringContaining('gone.d.ts, gone.js'),
  })
})

test('a folder that is no package, or has no doors, is refused', async () => {
  await using folder = await temporaryFolder()
  const out = join(folder.path, 'out')
  await expect(packWorkspace(folder.path, out)).rejects.toMatchObject({ code: 'PACK_PACKAGE_INVALID' })
  await writeFiles(folder.path, { 'package.json': '{ "name": "room", "version": "1.0.0" }' })
  await expect(packWorkspace(folder.path, out)).rejects.toThrow('has no `exports`')
})

async function symlinkDependencies(room: string, modules: string): Promise<void> {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    await readFile(join(ROOT, room, 'package.json'), 'utf8'),
  )
  for (const name of Object.keys(dependencies)) {
    const target = join(modules, name)
    if (name.startsWith('@pinion/') || existsSync(target)) continue
    await mkdir(dirname(target), { recursive: true })
    await symlink(join(ROOT, 'node_modules', name), target)
  }
}

/** As npm would: the package's own files, and its dependencies beside it. */
async function installFrom(archive: string, target: string): Promise<void> {
  await extract(archive, target)
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
    await readFile(join(target, 'package.json'), 'utf8'),
  )
  for (const name of Object.keys(dependencies)) {
    await symlink(join(ROOT, 'node_modules', name), join(target, '../..', name))
  }
}

async function extract(archive: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true })
  await run('tar', ['-xzf', archive, '-C', target, '--strip-components=1'])
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'pinion-pack-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
