import { PLUGIN_API_VERSION, type PluginTypeManifest } from '@pinion/plugin-sdk/manifest'
import { describe, expect, test } from 'vitest'
import { PluginError } from '../errors.ts'
import { manifestOf, objectSchema, typeOf } from '../testing/plugin-package.ts'
import { parseManifest } from './parse-manifest.ts'

function faultOf(manifest: unknown): PluginError {
  try {
    parseManifest(typeof manifest === 'string' ? manifest : JSON.stringify(manifest), 'x@1.0.0')
  } catch (error) {
    if (error instanceof PluginError) return error
    throw error
  }
  throw new Error('It was accepted.')
}

const withType = (type: Partial<PluginTypeManifest> | Record<string, unknown>) => ({
  ...manifestOf(),
  types: [{ ...typeOf('io.acme.echo.Say'), ...type }],
})
const withProperty = (property: unknown, rest: Record<string, unknown> = {}) =>
  withType({
    properties: { type: 'object', additionalProperties: false, properties: { p: property }, ...rest },
  })

test('a manifest comes back as it was written', () => {
  const manifest = manifestOf({
    sourceMap: '{}',
    types: [
      typeOf('io.acme.echo.Say', {
        description: 'd',
        outputs: { type: 'object', properties: { a: { type: 'string' } } },
        metrics: [{ name: 'm', type: 'counter', unit: 'records' }],
        examples: [{ title: 't', code: 'message: hi', full: false }],
        aliases: ['io.old.Say'],
        deprecated: { message: 'old', replacement: 'io.acme.echo.Tell' },
        beta: true,
        freshContext: true,
      }),
    ],
    manifest: {
      docs: '# Echo',
      guides: [{ title: 'g', markdown: 'm' }],
      permissions: { network: [{ host: '*.acme.example', ports: [443] }], kv: true },
      subgroups: [{ id: 'io.acme.echo.sub', title: 's', categories: ['CLOUD'] }],
    },
  })
  expect(parseManifest(JSON.stringify(manifest), 'x')).toEqual(manifest)
})

test('all problems come at once, each with its path', () => {
  const fault = faultOf({
    ...manifestOf(),
    name: 'Not A Name',
    version: '1',
    extra: 1,
    icon: '<html>',
    bundle: { file: '../../etc/passwd', sha512: 'sha1-x', sizeBytes: -1 },
    types: [{ ...typeOf('io.other.Say'), kind: 'virus', properties: { type: 'array' } }],
  })
  expect(fault.code).toBe('PLUGIN_MANIFEST_INVALID')
  for (const path of [
    'extra:',
    'name:',
    'version:',
    'icon:',
    'bundle.file:',
    'bundle.sha512:',
    'bundle.sizeBytes:',
    'types[0].type:',
    'types[0].kind:',
    'types[0].properties.type:',
    'types[0].properties.additionalProperties:',
  ]) {
    expect(fault.message).toContain(path)
  }
})

test.each([
  ['no JSON', '{', 'no JSON'],
  ['another thing than an object', '[]', 'must be an object'],
  ['another manifest version', { ...manifestOf(), manifestVersion: 2 }, 'manifestVersion'],
  ['no types', { ...manifestOf(), types: [] }, 'types'],
  [
    'too many types',
    { ...manifestOf(), types: Array.from({ length: 501 }, (_, i) => typeOf(`io.acme.echo.T${i}`)) },
    'more than 500',
  ],
  [
    'the same type twice',
    { ...manifestOf(), types: [typeOf('io.acme.echo.A'), typeOf('io.acme.echo.A')] },
    'repeats',
  ],
  [
    'an alias that is another type',
    {
      ...manifestOf(),
      types: [typeOf('io.acme.echo.A'), typeOf('io.acme.echo.B', { aliases: ['io.acme.echo.A'] })],
    },
    'repeats',
  ],
  ['a type of a neighbouring group', withType({ type: 'io.acme.echoes.Say' }), "below the package's group"],
  ['a type id that is none', withType({ type: 'io.acme.echo.a b' }), 'types[0].type'],
  ['an unknown permission', { ...manifestOf(), permissions: { everything: true } }, 'permissions.everything'],
  [
    'a host with a path',
    { ...manifestOf(), permissions: { network: [{ host: 'a/b' }] } },
    'permissions.network[0].host',
  ],
  [
    'a port that is none',
    { ...manifestOf(), permissions: { network: [{ host: 'a', ports: [70000] }] } },
    'ports[0]',
  ],
  ['a text that is too long', { ...manifestOf(), title: 'x'.repeat(600) }, 'longer than 512'],
  [
    'a property called version',
    withProperty({}, { properties: { version: { type: 'string' } } }),
    'rename the property "version"',
  ],
  ['a property called id', withProperty({}, { properties: { id: {} } }), 'rename the property "id"'],
  ['an unknown keyword', withProperty({ fancy: 1 }), 'p.fancy: is not a known keyword'],
  ['a schema with an id', withProperty({ $id: 'http://evil.example' }), '$id: is not a known keyword'],
  ['a reference to elsewhere', withProperty({ $ref: 'http://evil.example/schema' }), '#/$defs/NAME'],
  ['a reference to nothing', withProperty({ $ref: '#/$defs/nothing' }), 'does not exist'],
  [
    'a reference into a prototype',
    withProperty({ $ref: '#/$defs/constructor' }, { $defs: {} }),
    'does not exist',
  ],
  ['a pattern that backtracks', withProperty({ type: 'string', pattern: '^(?=a)b' }), 'RE2'],
  [
    'a property pattern that is none',
    withProperty({ type: 'object', patternProperties: { '(': {} } }),
    'RE2',
  ],
  ['a keyword with a wrong value', withProperty({ type: 'text' }), 'no valid JSON Schema'],
  ['another draft', withProperty({}, { $schema: 'http://json-schema.org/draft-07/schema#' }), '2020-12'],
  ['an unknown kind of nested plugin', withProperty({ $plugin: 'thing' }), '$plugin: must be one of'],
  [
    'a default for __proto__',
    JSON.stringify(withProperty(0)).replace('"p":0', '"p":{"default":{"__proto__":1}}'),
    '__proto__',
  ],
  [
    'a default as deep as a well',
    JSON.stringify(withProperty(0)).replace(
      '"p":0',
      `"p":{"default":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
    ),
    'deeper than 64',
  ],
  [
    'a schema for __proto__',
    JSON.stringify(withProperty({ type: 'object' })).replace('"p":', '"__proto__":'),
    '__proto__',
  ],
])('a manifest with %s is refused', (_, manifest, says) => {
  const fault = faultOf(manifest)
  expect(fault.code).toBe('PLUGIN_MANIFEST_INVALID')
  expect(fault.message).toContain(says)
})

test('a schema that is too deep or too large is refused in no time', () => {
  const deep = `${'{"items":'.repeat(5_000)}{}${'}'.repeat(5_000)}`
  const wide = Object.fromEntries(Array.from({ length: 20_100 }, (_, i) => [`p${i}`, {}]))
  const startedAtMs = performance.now()
  expect(faultOf(JSON.stringify(withProperty(0)).replace('"p":0', `"p":${deep}`)).message).toContain(
    'deeper than 32',
  )
  expect(faultOf(withProperty({ type: 'object', properties: wide })).message).toContain('20000 nodes')
  expect(performance.now() - startedAtMs).toBeLessThan(3_000)
})

test('a manifest for another plugin API names both', () => {
  const fault = faultOf({ ...manifestOf(), requires: '^99' })
  expect(fault.code).toBe('PLUGIN_API_INCOMPATIBLE')
  expect(fault.message).toContain('^99')
  expect(fault.message).toContain(PLUGIN_API_VERSION)
})

describe('an icon', () => {
  const iconed = (svg: string) => () => parseManifest(JSON.stringify({ ...manifestOf(), icon: svg }), 'x')
  test.each([
    '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>',
    '<?xml version="1.0" encoding="UTF-8"?><!-- made by hand --><svg viewBox="0 0 1 1"><defs><linearGradient id="a"/></defs><rect fill="url(#a)"/></svg>',
    '<svg><image href="data:image/png;base64,AAAA"/><use xlink:href="#a"/></svg>',
    '<svg><style>.a{fill:red}</style><sodipodi:namedview id="x"/></svg>',
  ])('may be %s', (svg) => {
    expect(iconed(svg)).not.toThrow()
  })
  test.each([
    '<svg><script>alert(1)</script></svg>',
    '<svg onload="alert(1)"></svg>',
    "<svg><g ONCLICK='x'/></svg>",
    '<svg><a href="javascript:alert(1)"/></svg>',
    '<svg><use href="http://evil.example/a.svg#b"/></svg>',
    '<svg><use xlink:href="data:image/svg+xml;base64,AAAA"/></svg>',
    '<svg><image href="https://evil.example/pixel.png"/></svg>',
    '<svg><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject></svg>',
    '<!DOCTYPE svg [<!ENTITY x "y">]><svg/>',
    '<svg><![CDATA[<script>]]></svg>',
    '<svg><style>@import "http://evil.example"</style></svg>',
    '<svg><rect fill="url(http://evil.example)"/></svg>',
    '<svg><rect style="fill:&#117;rl(http://evil.example)"/></svg>',
    '<svg><animate attributeName="href" to="javascript:x"/></svg>',
    '<svg><h:script xmlns:h="http://www.w3.org/1999/xhtml"/></svg>',
    '<svg><rect onload=alert(1)></svg>',
    '<html><svg></svg></html>',
    `<svg><path d="${'M0 0'.repeat(20_000)}"/></svg>`,
  ])('must not be %s', (svg) => {
    expect(iconed(svg)).toThrow(expect.objectContaining({ message: expect.stringContaining('icon: ') }))
  })
})

test('schemas of nested properties are vetted as well', () => {
  const fault = faultOf(
    withType({
      properties: objectSchema({ a: { type: 'array', items: { anyOf: [{ pattern: '(?!x)' }] } } }),
    }),
  )
  expect(fault.message).toContain('types[0].properties.properties.a.items.anyOf[0].pattern')
})
