import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createProject, PACKAGE_JSON, replaced } from '../build/fixtures/sample-project.ts'
import { main } from './main.ts'

test('build says what was built', async () => {
  await using project = await createProject()
  const { code, out } = await call('build', project.directory)
  expect(code).toBe(0)
  expect(out[0]).toMatch(/^@acme\/plugin-text@1\.2\.3: 1 type, 0\.\d KiB, built in \d+ ms$/)
})

test('faults are printed one a line with file, line, column and hint; the exit code is 1', async () => {
  await using project = await createProject({
    'package.json': replaced(PACKAGE_JSON, '^1.0.0', 'newest'),
    'icons/plugin-icon.svg': undefined,
  })
  const { code, errors } = await call('check', project.directory)
  expect(code).toBe(1)
  expect(errors).toEqual([
    'icons/plugin-icon.svg:1:1  The plugin has no icon. (Add icons/plugin-icon.svg.)',
    'package.json:9:17  "newest" is not a semver range. (Use ^1.0.0.)',
    '2 faults',
  ])
})

test('types writes the generated types and nothing else', async () => {
  await using project = await createProject()
  expect(await call('types', project.directory)).toMatchObject({ code: 0, out: ['src/Upper.gen.ts'] })
  expect(await call('types', project.directory)).toMatchObject({
    out: ['All generated types are up to date.'],
  })
  expect(await readFile(join(project.directory, 'src/Upper.gen.ts'), 'utf8')).toContain(
    'export interface Outputs',
  )
  await expect(stat(join(project.directory, 'dist'))).rejects.toThrow('ENOENT')
})

test('a command line that cannot be understood shows the usage', async () => {
  for (const args of [[], ['bild'], ['build', '--fast'], ['build', 'a', 'b'], ['constructor']]) {
    const { code, errors } = await call(...args)
    expect(code, args.join(' ')).toBe(2)
    expect(errors[0]).toContain('pinion-plugin <command>')
  }
  expect(await call('--help')).toMatchObject({ code: 0, out: [expect.stringContaining('types')] })
})

test('a folder without a project is an error with a way out', async () => {
  await using project = await createProject({ 'package.json': undefined })
  const { code, errors } = await call('build', project.directory)
  expect(code).toBe(1)
  expect(errors[0]).toContain('pinion plugin create')
})

test('the command runs from its launcher', async () => {
  await using project = await createProject({ 'icons/plugin-icon.svg': undefined })
  const launcher = resolve(import.meta.dirname, '../bin/pinion-plugin.js')
  const failed: { code?: unknown; stderr?: unknown } = await promisify(execFile)(
    process.execPath,
    [launcher, 'check'],
    {
      cwd: project.directory,
    },
  ).then(
    () => ({}),
    (error: object) => error,
  )
  expect(failed.code).toBe(1)
  expect(failed.stderr).toContain('icons/plugin-icon.svg:1:1  The plugin has no icon.')
})

async function call(...args: string[]): Promise<{ code: number; out: string[]; errors: string[] }> {
  const out: string[] = []
  const errors: string[] = []
  const code = await main(args, { out: (line) => out.push(line), error: (line) => errors.push(line) })
  return { code, out, errors }
}
