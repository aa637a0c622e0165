import { expect, test } from 'vitest'
import { type BuildFault, BuildRefusedError } from '../errors.ts'
import { buildPlugin } from './build-plugin.ts'
import {
  createProject,
  ICON,
  PACKAGE_JSON,
  replaced,
  UPPER_CODE,
  UPPER_SCHEMA,
} from './fixtures/sample-project.ts'

const SCHEMA = 'src/Upper.schema.yaml'
const CODE = 'src/Upper.ts'

interface Case {
  readonly title: string
  readonly files: Readonly<Record<string, string | undefined>>
  /** `file:line:column CODE`, and a part of the message. */
  readonly fault: string
  readonly says: string
}

const schemaWith = (from: string, to: string) => ({ [SCHEMA]: replaced(UPPER_SCHEMA, from, to) })
const packageWith = (from: string, to: string) => ({ 'package.json': replaced(PACKAGE_JSON, from, to) })
const codeWith = (from: string, to: string) => ({ [CODE]: replaced(UPPER_CODE, from, to) })

const CASES: readonly Case[] = [
  {
    title: 'code that reads a property which the schema lacks',
    files: codeWith('({ text, times })', '({ text, times, size })'),
    fault: `${CODE}:5:24 BUILD_TYPE_DISAGREEMENT`,
    says: "'size' does not exist",
  },
  {
    title: 'code that returns outputs of another shape',
    files: codeWith('value: text', 'result: text'),
    fault: `${CODE}:5:29 BUILD_TYPE_DISAGREEMENT`,
    says: 'is not assignable',
  },
  {
    title: 'code that brings types of its own instead of the generated ones',
    files: {
      [CODE]: `import { defineTask } from '@pinion/plugin-sdk'\n\nexport default defineTask<{ text: string; times: number; more: string }, { value: string }>({\n  run: ({ text, more }) => ({ value: text + more }),\n})\n`,
    },
    fault: `${CODE}:3:1 BUILD_TYPE_DISAGREEMENT`,
    says: "properties are not those of the schema: Property 'more' is missing",
  },
  {
    title: 'a default export of another kind',
    files: {
      [CODE]:
        "import { defineTrigger } from '@pinion/plugin-sdk'\nexport default defineTrigger<{}, { value: string }>({ evaluate: () => undefined })\n",
    },
    fault: `${CODE}:2:1 BUILD_KIND_MISMATCH`,
    says: 'the schema says that this is a task',
  },
  {
    title: 'no default export',
    files: codeWith('export default', 'export const upper ='),
    fault: `${CODE}:1:1 BUILD_DEFAULT_EXPORT_MISSING`,
    says: 'com.acme.text.Upper has no default export',
  },
  {
    title: 'a syntax error in the code',
    files: codeWith('run: (', 'run: (('),
    fault: `${CODE}:6:1 BUILD_BUNDLE_FAILED`,
    says: 'Unexpected "}"',
  },
  {
    title: 'a module of Node in an isolate',
    files: { [CODE]: `import 'node:fs'\n${UPPER_CODE}` },
    fault: `${CODE}:1:8 BUILD_BUNDLE_FAILED`,
    says: 'Could not resolve "node:fs"',
  },
  {
    title: 'a schema without code',
    files: { [CODE]: undefined },
    fault: `${SCHEMA}:1:1 BUILD_CODE_MISSING`,
    says: 'The schema of Upper has no code',
  },
  {
    title: 'code without a schema',
    files: { 'src/Lower.ts': UPPER_CODE.replaceAll('Upper', 'Lower') },
    fault: 'src/Lower.ts:4:1 BUILD_SCHEMA_MISSING',
    says: 'Lower.ts defines a task or trigger that has no schema',
  },
  {
    title: 'a property called version',
    files: schemaWith('    times:', '    version:'),
    fault: `${SCHEMA}:13:5 BUILD_PROPERTY_RESERVED`,
    says: '`version` is reserved',
  },
  {
    title: 'a property called id',
    files: schemaWith('    times:', '    id:'),
    fault: `${SCHEMA}:13:5 BUILD_PROPERTY_RESERVED`,
    says: '`id` is reserved',
  },
  {
    title: 'a missing title',
    files: schemaWith('title: Write in capitals.\n', ''),
    fault: `${SCHEMA}:1:1 BUILD_TITLE_MISSING`,
    says: 'The title is missing',
  },
  {
    title: 'an empty description',
    files: schemaWith('description: Turns a text into capital letters.', 'description: ""'),
    fault: `${SCHEMA}:3:1 BUILD_TITLE_MISSING`,
    says: 'The description is missing',
  },
  {
    title: 'a missing example',
    files: { [SCHEMA]: UPPER_SCHEMA.slice(0, UPPER_SCHEMA.indexOf('examples:')) },
    fault: `${SCHEMA}:1:1 BUILD_EXAMPLE_MISSING`,
    says: 'There is no example',
  },
  {
    title: 'a property without a group',
    files: schemaWith('      $group: processing\n', ''),
    fault: `${SCHEMA}:13:5 BUILD_GROUP_MISSING`,
    says: '`times` has no `$group`',
  },
  {
    title: 'a property without a title',
    files: schemaWith('      title: Times\n', ''),
    fault: `${SCHEMA}:13:5 BUILD_TITLE_MISSING`,
    says: '`times` has no title',
  },
  {
    title: 'a default that its own schema refuses',
    files: schemaWith('default: 1', 'default: 0'),
    fault: `${SCHEMA}:19:16 BUILD_DEFAULT_INVALID`,
    says: 'must be >= 1',
  },
  {
    title: 'a keyword that JSON Schema does not have',
    files: schemaWith('      minimum: 1', '      minimun: 1'),
    fault: `${SCHEMA}:18:7 BUILD_SCHEMA_INVALID`,
    says: '`minimun` is not a keyword',
  },
  {
    title: 'a keyword with a value that it cannot have',
    files: schemaWith('type: integer', 'type: int'),
    fault: `${SCHEMA}:17:13 BUILD_SCHEMA_INVALID`,
    says: 'must be one of "array", "boolean", "integer"',
  },
  {
    title: 'an unknown format',
    files: schemaWith('minimum: 1', 'format: sausage'),
    fault: `${SCHEMA}:18:15 BUILD_SCHEMA_INVALID`,
    says: '`sausage` is not known',
  },
  {
    title: 'a pattern that linear-time engines cannot run',
    files: schemaWith(
      '      $dynamic: true\n      type: string',
      '      $dynamic: true\n      pattern: "^(?!a)"\n      type: string',
    ),
    fault: `${SCHEMA}:12:16 BUILD_SCHEMA_INVALID`,
    says: 'looks ahead',
  },
  {
    title: 'a reference that leads nowhere',
    files: schemaWith('type: integer', '$ref: "#/$defs/Nothing"'),
    fault: `${SCHEMA}:17:13 BUILD_SCHEMA_INVALID`,
    says: '"#/$defs/Nothing" does not point to',
  },
  {
    title: 'a field that schema files do not have',
    files: schemaWith('metrics:', 'metrix:'),
    fault: `${SCHEMA}:26:1 BUILD_SCHEMA_INVALID`,
    says: '`metrix` is not a known property',
  },
  {
    title: 'a kind that cannot be written with this SDK',
    files: schemaWith('kind: task', 'kind: storage'),
    fault: `${SCHEMA}:1:7 BUILD_SCHEMA_INVALID`,
    says: 'A storage cannot be written with this SDK',
  },
  {
    title: 'a schema that is not YAML',
    files: schemaWith('kind: task', 'kind: [task'),
    fault: `${SCHEMA}:2:1 BUILD_SYNTAX`,
    says: 'Flow sequence',
  },
  {
    title: 'an output with what only properties have',
    files: schemaWith('    value:\n', '    value:\n      $group: main\n'),
    fault: `${SCHEMA}:25:7 BUILD_SCHEMA_INVALID`,
    says: '`$group` means nothing at the output `value`',
  },
  {
    title: 'an example with an unknown property',
    files: schemaWith('      times: 2', '      tims: 2'),
    fault: `${SCHEMA}:44:7 BUILD_EXAMPLE_INVALID`,
    says: 'The example "Use it twice." does not fit the schema: `tims` is not a known property',
  },
  {
    title: 'an example with a wrong value',
    files: schemaWith('      times: 2', '      times: 0'),
    fault: `${SCHEMA}:44:14 BUILD_EXAMPLE_INVALID`,
    says: '`times` must be >= 1',
  },
  {
    title: 'an example that lacks a required property',
    files: schemaWith('      text: abc\n', ''),
    fault: `${SCHEMA}:43:7 BUILD_EXAMPLE_INVALID`,
    says: '`text` is missing',
  },
  {
    title: 'a whole flow whose task does not fit the schema',
    files: schemaWith('          times: "{{ inputs.times }}"', '          times: two'),
    fault: `${SCHEMA}:39:18 BUILD_EXAMPLE_INVALID`,
    says: '`times` must be integer',
  },
  {
    title: 'a whole flow that does not use the type',
    files: schemaWith('type: com.acme.text.Upper', 'type: com.acme.text.upper'),
    fault: `${SCHEMA}:33:7 BUILD_EXAMPLE_INVALID`,
    says: 'does not use com.acme.text.Upper',
  },
  {
    title: 'a whole flow without namespace',
    files: schemaWith('      namespace: company.team\n', ''),
    fault: `${SCHEMA}:33:7 BUILD_EXAMPLE_INVALID`,
    says: 'lacks `namespace`',
  },
  {
    title: 'an example that is not YAML',
    files: schemaWith('      times: 2', '      times: [2'),
    fault: `${SCHEMA}:45:7 BUILD_EXAMPLE_INVALID`,
    says: 'is not valid YAML',
  },
  {
    title: 'a missing icon',
    files: { 'icons/plugin-icon.svg': undefined },
    fault: 'icons/plugin-icon.svg:1:1 BUILD_ICON_MISSING',
    says: 'The plugin has no icon',
  },
  {
    title: 'an icon with a script',
    files: { 'icons/plugin-icon.svg': replaced(ICON, '<path d="M0 0h1" />', '\n<script>alert(1)</script>') },
    fault: 'icons/plugin-icon.svg:2:1 BUILD_ICON_INVALID',
    says: 'holds a script',
  },
  {
    title: 'an icon that is no drawing',
    files: { 'icons/plugin-icon.svg': 'GIF89a' },
    fault: 'icons/plugin-icon.svg:1:1 BUILD_ICON_INVALID',
    says: 'is not an SVG',
  },
  {
    title: 'an icon of a subgroup that does not exist',
    files: { 'icons/com.acme.text.nope.svg': ICON },
    fault: 'icons/com.acme.text.nope.svg:1:1 BUILD_SUBGROUP_UNKNOWN',
    says: 'No type of the plugin is in "com.acme.text.nope"',
  },
  {
    title: 'an empty page',
    files: { 'docs/index.md': '\n' },
    fault: 'docs/index.md:1:1 BUILD_DOCS_INVALID',
    says: 'The page is empty',
  },
  {
    title: 'types both in the group and in a subgroup',
    files: {
      'src/low/Lower.ts': UPPER_CODE.replaceAll('Upper', 'Lower'),
      'src/low/Lower.schema.yaml': replaced(UPPER_SCHEMA, 'text.Upper', 'text.low.Lower'),
    },
    fault: `${CODE}:1:1 BUILD_LAYOUT_MIXED`,
    says: 'is in the group itself while other types are in subgroups',
  },
  {
    title: 'an alias that another type has as its id',
    files: {
      'src/Lower.ts': UPPER_CODE.replaceAll('Upper', 'Lower'),
      'src/Lower.schema.yaml': `aliases: [com.acme.text.Upper]\n${replaced(UPPER_SCHEMA, 'text.Upper', 'text.Lower')}`,
    },
    fault: 'src/Lower.schema.yaml:1:11 BUILD_TYPE_CONFLICT',
    says: '"com.acme.text.Upper" is taken by src/Upper.ts',
  },
  {
    title: 'a type id outside of the group',
    files: schemaWith('kind: task\n', 'kind: task\ntype: org.other.Upper\n'),
    fault: `${SCHEMA}:2:7 BUILD_TYPE_ID_INVALID`,
    says: '"org.other.Upper" is not a type id below the group',
  },
  {
    title: 'a package name that npm refuses',
    files: packageWith('@acme/plugin-text', 'Acme Plugin'),
    fault: 'package.json:2:11 BUILD_PACKAGE_INVALID',
    says: '"Acme Plugin" is not a valid npm name',
  },
  {
    title: 'a version that is not semantic',
    files: packageWith('1.2.3', '1.2'),
    fault: 'package.json:3:14 BUILD_PACKAGE_INVALID',
    says: '"1.2" is not a semantic version',
  },
  {
    title: 'a range that leaves this plugin API out',
    files: packageWith('^1.0.0', '^2.0.0'),
    fault: 'package.json:9:17 BUILD_PACKAGE_INVALID',
    says: 'leaves out the plugin API',
  },
  {
    title: 'something that is no range',
    files: packageWith('^1.0.0', 'newest'),
    fault: 'package.json:9:17 BUILD_PACKAGE_INVALID',
    says: '"newest" is not a semver range',
  },
  {
    title: 'an unknown permission',
    files: packageWith('"kv": true', '"kw": true'),
    fault: 'package.json:10:77 BUILD_PACKAGE_INVALID',
    says: '`pinion.permissions.kw` is not a known property',
  },
  {
    title: 'a port that does not exist',
    files: packageWith('443', '70000'),
    fault: 'package.json:10:68 BUILD_PACKAGE_INVALID',
    says: 'must be <= 65535',
  },
  {
    title: 'a missing group',
    files: packageWith('    "group": "com.acme.text",\n', ''),
    fault: 'package.json:6:13 BUILD_PACKAGE_INVALID',
    says: '`pinion` lacks `group`',
  },
  {
    title: 'files that leave the bundle out of the package',
    files: packageWith('"type": "module",', '"type": "module", "files": ["src"],'),
    fault: 'package.json:5:30 BUILD_PACKAGE_INVALID',
    says: '`files` leaves out `dist`',
  },
  {
    title: 'a package.json that is not JSON',
    files: packageWith('"type": "module",', '"type": module,'),
    fault: 'package.json:1:1 BUILD_SYNTAX',
    says: 'package.json is not JSON',
  },
  {
    title: 'no types at all',
    files: { [CODE]: undefined, [SCHEMA]: undefined },
    fault: 'package.json:1:1 BUILD_NO_TYPES',
    says: 'The plugin has no types',
  },
]

test.each(CASES)('a build refuses $title', async ({ files, fault, says }) => {
  await using project = await createProject(files)
  const faults = await faultsOf(project.directory)
  const found = faults.find((each) => placeOf(each) === fault)
  expect(found, faults.map((each) => `${placeOf(each)} ${each.message}`).join('\n')).toBeDefined()
  expect(found?.message.toLowerCase()).toContain(says.toLowerCase())
})

test('all faults come at once, in the order of files and lines', async () => {
  await using project = await createProject({
    'package.json': replaced(PACKAGE_JSON, '1.2.3', 'one'),
    'icons/plugin-icon.svg': undefined,
    [SCHEMA]: replaced(
      replaced(UPPER_SCHEMA, '    times:', '    version:'),
      'title: Write in capitals.\n',
      '',
    ),
    [CODE]: replaced(UPPER_CODE, 'run: ({ text', 'run: ({ words'),
    'src/Lower.ts': UPPER_CODE.replaceAll('Upper', 'Lower'),
  })
  const faults = await faultsOf(project.directory)
  expect(faults.map(({ file, code }) => `${file} ${code}`)).toEqual(
    expect.arrayContaining([
      'icons/plugin-icon.svg BUILD_ICON_MISSING',
      'package.json BUILD_PACKAGE_INVALID',
      'src/Lower.ts BUILD_SCHEMA_MISSING',
      `${SCHEMA} BUILD_TITLE_MISSING`,
      `${SCHEMA} BUILD_PROPERTY_RESERVED`,
      `${CODE} BUILD_TYPE_DISAGREEMENT`,
    ]),
  )
  const files = faults.map(({ file }) => file)
  expect(files).toEqual(files.toSorted())
})

test('a fault in package.json or a schema brings no faults of what depends on it', async () => {
  await using project = await createProject({ 'package.json': replaced(PACKAGE_JSON, '^1.0.0', 'newest') })
  expect(await faultsOf(project.directory)).toHaveLength(1)
  await using other = await createProject(schemaWith('type: integer', 'type: int'))
  expect((await faultsOf(other.directory)).map(({ message }) => message)).toEqual([
    'Not a valid JSON Schema: `properties.times.type` must be one of "array", "boolean", "integer", "null", "number", "object", "string" or must be array.',
  ])
})

test('an isolate that wants a module of Node is told what to do', async () => {
  await using project = await createProject({ [CODE]: `import 'fs'\n${UPPER_CODE}` })
  const [fault] = (await faultsOf(project.directory)).filter(({ code }) => code === 'BUILD_BUNDLE_FAILED')
  expect(fault?.hint).toContain('"runtime": "node"')
})

test('a property without value in a flow with plugin defaults may come from these', async () => {
  await using project = await createProject({
    [SCHEMA]: replaced(
      UPPER_SCHEMA,
      '          text: "{{ inputs.text }}"\n          times: "{{ inputs.times }}"\n          timeout: PT1M\n',
      '      pluginDefaults:\n        - type: com.acme.text.Upper\n          values: { text: abc }\n',
    ),
  })
  expect((await buildPlugin(project.directory)).manifest.types).toHaveLength(1)
})

async function faultsOf(directory: string): Promise<readonly BuildFault[]> {
  const refusal: unknown = await buildPlugin(directory).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (refusal instanceof BuildRefusedError) return refusal.faults
  throw new Error('The build was not refused.', { cause: refusal })
}

function placeOf({ file, line, column, code }: BuildFault): string {
  return `${file}:${line}:${column} ${code}`
}
