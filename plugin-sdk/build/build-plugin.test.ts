import { mkdir, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { BuildRefusedError, SdkError } from '../errors.ts'
import { buildPlugin } from './build-plugin.ts'
import { createProject, PACKAGE_JSON, replaced, UPPER_CODE, UPPER_SCHEMA } from './fixtures/sample-project.ts'

test('the manifest holds all that the platform needs to know of a plugin', async () => {
  await using project = await createProject()
  const { manifest, manifestPath, bundle, sourceMap } = await buildPlugin(project.directory)
  expect(JSON.parse(await readFile(manifestPath, 'utf8'))).toEqual(manifest)
  expect(manifest).toMatchObject({
    manifestVersion: 1,
    name: '@acme/plugin-text',
    version: '1.2.3',
    runtime: 'isolate',
    requires: '^1.0.0',
    group: 'com.acme.text',
    title: 'Text',
    description: 'Works on texts.',
    docs: 'About texts.\n',
    guides: [{ title: 'First steps', markdown: '# First steps\n\nBegin here.\n' }],
    permissions: { network: [{ host: '*.acme.com', ports: [443] }], kv: true },
    subgroups: [],
    bundle: {
      file: 'dist/bundle.js',
      sizeBytes: bundle.byteLength,
      sha512: expect.stringMatching(/^sha512-.{88}$/),
    },
    sourceMap: { file: 'dist/bundle.js.map', sizeBytes: sourceMap.byteLength },
  })
  expect(manifest.types).toMatchObject([
    {
      type: 'com.acme.text.Upper',
      kind: 'task',
      title: 'Write in capitals.',
      properties: { type: 'object', required: ['text'], additionalProperties: false },
      outputs: { type: 'object', additionalProperties: false },
      metrics: [{ name: 'length', type: 'counter' }],
      examples: [{ full: true }, { full: false, code: 'text: abc\ntimes: 2\n' }],
      aliases: [],
    },
  ])
})

test('the bundle assigns runnable definitions and its source map holds the sources', async () => {
  await using project = await createProject()
  const { bundlePath, sourceMapPath } = await buildPlugin(project.directory)
  const code = await readFile(bundlePath, 'utf8')
  const value: unknown = runInNewContext(
    `${code}; const { kind, run } = __pinionPlugin.types['com.acme.text.Upper']; kind + run({ text: 'ab', times: 2 }).value`,
  )
  expect(value).toBe('taskABAB')
  expect(code).not.toContain('sourceMappingURL')
  const map: { sources: string[]; sourcesContent: string[] } = JSON.parse(
    await readFile(sourceMapPath, 'utf8'),
  )
  expect(map.sourcesContent[map.sources.indexOf('../src/Upper.ts')]).toBe(UPPER_CODE)
})

test('the same sources give the same bundle and manifest', async () => {
  await using project = await createProject()
  const first = await buildPlugin(project.directory)
  const second = await buildPlugin(project.directory)
  expect(second.manifest).toEqual(first.manifest)
})

test('stale generated types are written anew and those in order are left alone', async () => {
  await using project = await createProject({ 'src/Upper.gen.ts': 'export type Properties = string\n' })
  expect((await buildPlugin(project.directory)).regenerated).toEqual(['src/Upper.gen.ts'])
  const path = join(project.directory, 'src/Upper.gen.ts')
  const text = await readFile(path, 'utf8')
  expect(text).toContain('export interface Properties {')
  expect(text).toMatch(/\n {2}times: number\n/)
  const { mtimeMs } = await stat(path)
  expect((await buildPlugin(project.directory)).regenerated).toEqual([])
  expect((await stat(path)).mtimeMs).toBe(mtimeMs)
})

test('a plugin of the node runtime becomes a module that exports its types and may use Node', async () => {
  await using project = await createProject({
    'package.json': replaced(PACKAGE_JSON, '"title": "Text",', '"title": "Text", "runtime": "node",'),
    'src/Upper.ts': `import { basename } from 'node:path'\n${replaced(UPPER_CODE, 'text.toUpperCase()', 'basename(text).toUpperCase()')}`,
  })
  await mkdir(join(project.directory, 'node_modules'))
  const nodeTypes = dirname(createRequire(import.meta.url).resolve('@types/node/package.json'))
  await symlink(dirname(nodeTypes), join(project.directory, 'node_modules/@types'))
  const { bundlePath, manifest } = await buildPlugin(project.directory)
  expect(manifest.runtime).toBe('node')
  const { types } = await import(pathToFileURL(bundlePath).href)
  expect(types['com.acme.text.Upper'].run({ text: 'a/b', times: 1 })).toEqual({ value: 'B' })
})

test('folders become subgroups, with the icon and the words that package.json gives them', async () => {
  await using project = await createProject({
    'package.json': replaced(
      PACKAGE_JSON,
      '"title": "Text",',
      '"title": "Text", "subgroups": { "com.acme.text.cases": { "title": "Letter cases", "categories": ["TEXT"] } },',
    ),
    'src/Upper.ts': undefined,
    'src/Upper.schema.yaml': undefined,
    'icons/com.acme.text.cases.svg': '<svg><g /></svg>',
    'src/cases/Upper.ts': UPPER_CODE,
    'src/cases/Upper.schema.yaml': replaced(UPPER_SCHEMA, 'text.Upper', 'text.cases.Upper'),
    'src/plain_words/Lower.ts': UPPER_CODE.replaceAll('Upper', 'Lower'),
    'src/plain_words/Lower.schema.yaml': replaced(UPPER_SCHEMA, 'text.Upper', 'text.plain_words.Lower'),
  })
  const { manifest } = await buildPlugin(project.directory)
  expect(manifest.types.map(({ type }) => type)).toEqual([
    'com.acme.text.cases.Upper',
    'com.acme.text.plain_words.Lower',
  ])
  expect(manifest.subgroups).toEqual([
    { id: 'com.acme.text.cases', title: 'Letter cases', categories: ['TEXT'], icon: '<svg><g /></svg>' },
    { id: 'com.acme.text.plain_words', title: 'Plain words', categories: ['MISC'] },
  ])
})

test('a schema may give the type id, aliases and a deprecation', async () => {
  await using project = await createProject({
    'src/Upper.schema.yaml': replaced(
      UPPER_SCHEMA,
      'kind: task\n',
      'kind: task\ntype: com.acme.text.Capitals\naliases: [com.acme.text.Upper, old.Upper]\ndeprecated: { message: Old. }\nbeta: true\nfreshContext: true\n',
    ).replace('type: com.acme.text.Upper\n', 'type: com.acme.text.Capitals\n'),
  })
  const { manifest } = await buildPlugin(project.directory)
  expect(manifest.types).toMatchObject([
    {
      type: 'com.acme.text.Capitals',
      aliases: ['com.acme.text.Upper', 'old.Upper'],
      deprecated: { message: 'Old.' },
      beta: true,
      freshContext: true,
    },
  ])
})

test('a polling trigger is built like a task', async () => {
  await using project = await createProject({
    'src/Watch.schema.yaml':
      'kind: trigger\ntitle: Watch.\ndescription: Fires.\noutputs:\n  type: object\n  properties:\n    found: { type: string }\nexamples:\n  - title: Watch often.\n    code: "interval: PT1M"\n',
    'src/Watch.ts': `import { defineTrigger } from '@pinion/plugin-sdk'
import type { Outputs, Properties } from './Watch.gen.ts'
export default defineTrigger<Properties, Outputs>({ evaluate: (_properties, { lastEvaluation }) => (lastEvaluation ? {} : undefined) })
`,
  })
  const { manifest } = await buildPlugin(project.directory)
  expect(manifest.types.map(({ type, kind }) => [type, kind])).toEqual([
    ['com.acme.text.Upper', 'task'],
    ['com.acme.text.Watch', 'trigger'],
  ])
})

test('whole flows among the examples are handed to the platform and its problems get their line in the schema file', async () => {
  await using project = await createProject()
  const seen: string[] = []
  const building = buildPlugin(project.directory, {
    validateFlow: (yaml) => {
      seen.push(yaml)
      return [{ message: 'no such input', hint: 'Declare it.', line: 6, column: 11 }]
    },
  })
  await expect(building).rejects.toMatchObject({
    faults: [
      {
        code: 'BUILD_EXAMPLE_INVALID',
        file: 'src/Upper.schema.yaml',
        line: UPPER_SCHEMA.split('\n').findIndex((line) => line.includes('text: "{{')) + 1,
        column: 17,
        hint: 'Declare it.',
      },
    ],
  })
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatch(/^id: capitals\nnamespace/)
})

test('a refused build leaves dist as it was', async () => {
  await using project = await createProject()
  const { manifestPath } = await buildPlugin(project.directory)
  const before = await readFile(manifestPath, 'utf8')
  await project.write({ 'src/Upper.ts': replaced(UPPER_CODE, 'text.toUpperCase()', 'text.missing()') })
  await expect(buildPlugin(project.directory)).rejects.toBeInstanceOf(BuildRefusedError)
  expect(await readFile(manifestPath, 'utf8')).toBe(before)
})

test('a folder without package.json is no project', async () => {
  await using project = await createProject({ 'package.json': undefined })
  const refusal = await buildPlugin(project.directory).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(SdkError)
  expect(refusal).toMatchObject({ code: 'PLUGIN_PROJECT_NOT_FOUND' })
})
