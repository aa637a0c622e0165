import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BuildRefusedError } from '../errors.ts'
import { createPluginBuilder } from './build-plugin.ts'
import { createProject, PACKAGE_JSON, replaced, UPPER_CODE, UPPER_SCHEMA } from './fixtures/sample-project.ts'
import type { PluginBuilder } from './plugin-builder.ts'

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

test('each rebuild has the code of that moment', async () => {
  await using project = await createProject()
  await using builder = open(project.directory)
  const first = await builder.rebuild()
  await project.write({ 'src/Upper.ts': replaced(UPPER_CODE, 'toUpperCase', 'toLocaleUpperCase') })
  const second = await builder.rebuild()
  expect(decode(second.bundle)).toContain('toLocaleUpperCase')
  expect(second.manifest.bundle.sha512).not.toBe(first.manifest.bundle.sha512)
  expect(second.regenerated).toEqual([])
})

test('a changed schema changes the manifest and the generated types of its own type only', async () => {
  await using project = await createProject({
    'src/Lower.ts': UPPER_CODE.replaceAll('Upper', 'Lower'),
    'src/Lower.schema.yaml': replaced(UPPER_SCHEMA, 'text.Upper', 'text.Lower'),
  })
  await using builder = open(project.directory)
  expect((await builder.rebuild()).regenerated).toEqual(['src/Lower.gen.ts', 'src/Upper.gen.ts'])
  await project.write({ 'src/Upper.schema.yaml': replaced(UPPER_SCHEMA, 'title: Times', 'title: How often') })
  const { manifest, regenerated } = await builder.rebuild()
  expect(regenerated).toEqual(['src/Upper.gen.ts'])
  expect(manifest.types[1]?.properties).toMatchObject({ properties: { times: { title: 'How often' } } })
})

test('types come and go with their files', async () => {
  await using project = await createProject()
  await using builder = open(project.directory)
  await builder.rebuild()
  const lower = {
    'src/Lower.ts': UPPER_CODE.replaceAll('Upper', 'Lower'),
    'src/Lower.schema.yaml': replaced(UPPER_SCHEMA, 'text.Upper', 'text.Lower'),
  }
  await project.write(lower)
  expect((await builder.rebuild()).manifest.types).toHaveLength(2)
  await project.write({ 'src/Lower.ts': undefined, 'src/Lower.schema.yaml': undefined })
  expect((await builder.rebuild()).manifest.types).toHaveLength(1)
})

test('a fault stops one rebuild only, and dist keeps what was there', async () => {
  await using project = await createProject()
  await using builder = open(project.directory)
  const good = await builder.rebuild()
  await project.write({ 'src/Upper.ts': replaced(UPPER_CODE, 'export default', 'export default (') })
  await expect(builder.rebuild()).rejects.toBeInstanceOf(BuildRefusedError)
  expect(await readFile(good.bundlePath, 'utf8')).toBe(decode(good.bundle))
  await project.write({ 'src/Upper.ts': UPPER_CODE })
  expect((await builder.rebuild()).manifest).toEqual(good.manifest)
})

test('types are checked apart from the rebuild', async () => {
  await using project = await createProject({
    'src/Upper.ts': replaced(UPPER_CODE, 'value: text', 'wrong: text'),
  })
  await using builder = open(project.directory)
  await builder.rebuild()
  expect(await builder.checkTypes()).toMatchObject([
    { code: 'BUILD_TYPE_DISAGREEMENT', file: 'src/Upper.ts', line: 5 },
  ])
})

test('the runtime may change between rebuilds', async () => {
  await using project = await createProject()
  await using builder = open(project.directory)
  expect(decode((await builder.rebuild()).bundle)).toContain('__pinionPlugin')
  await project.write({
    'package.json': replaced(PACKAGE_JSON, '"title": "Text",', '"title": "Text", "runtime": "node",'),
  })
  expect(decode((await builder.rebuild()).bundle)).toMatch(/export \{\n {2}types\n\}/)
})

test('a check lists faults and writes no bundle', async () => {
  await using project = await createProject({ 'icons/plugin-icon.svg': undefined })
  await using builder = open(project.directory)
  expect((await builder.check()).map(({ code }) => code)).toEqual(['BUILD_ICON_MISSING'])
  await expect(readFile(join(project.directory, 'dist/bundle.js'))).rejects.toThrow('ENOENT')
})

function open(directory: string): PluginBuilder & AsyncDisposable {
  const builder = createPluginBuilder(directory)
  return Object.assign(builder, { [Symbol.asyncDispose]: () => builder.close() })
}
