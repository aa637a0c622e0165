import type { PluginTypeManifest } from '@pinion/plugin-sdk/manifest'
import { describe, expect, test } from 'vitest'
import type { PluginVersionRecord } from '../repository.ts'
import { objectSchema, type PluginOptions, recordOf, typeOf } from '../testing/plugin-package.ts'
import { VersionRows } from '../testing/version-rows.ts'
import { Catalog, type CatalogOptions } from './catalog.ts'

const SAY = 'io.acme.echo.Say'

async function catalogOf(records: readonly PluginVersionRecord[], options: Partial<CatalogOptions> = {}) {
  const rows = new VersionRows(records)
  const catalog = new Catalog({
    repository: rows,
    locateBundle: ({ bundle }) => ({ bundlePath: `/bundles/${bundle.sha512}` }),
    ...options,
  })
  await catalog.refresh()
  return { catalog, rows }
}
const echo = (version: string, types?: readonly PluginTypeManifest[], rest: PluginOptions = {}) =>
  recordOf({ version, ...(types === undefined ? {} : { types }), ...rest })
const resolve = (catalog: Catalog, type: string, task?: string) =>
  catalog.current.resolve({ type, instance: 'LATEST', ...(task === undefined ? {} : { task }) })

describe('resolving', () => {
  test('gives the version asked for, with its own schema', async () => {
    const { catalog } = await catalogOf([
      echo('1.0.0'),
      echo('1.1.0', [typeOf(SAY, { properties: objectSchema({ message: {}, loud: { type: 'boolean' } }) })]),
    ])
    const old = resolve(catalog, SAY, '1.0.0')
    const latest = resolve(catalog, SAY)
    expect([old.resolved.version, latest.resolved.version]).toEqual(['1.0.0', '1.1.0'])
    expect(old.resolved.checkWritten({ loud: true })).toHaveLength(1)
    expect(latest.resolved.checkWritten({ loud: true })).toEqual([])
    expect(latest.resolved.propertyNames).toEqual(new Set(['message', 'loud']))
    expect(latest.resolved.bundle).toMatchObject({
      packageName: '@acme/plugin-echo',
      version: '1.1.0',
      types: [{ type: SAY, freshContext: false }],
    })
  })

  test('follows a former id, and says which it was', async () => {
    const { catalog } = await catalogOf([
      echo('1.0.0', [typeOf('io.acme.echo.Shout')]),
      echo('2.0.0', [typeOf(SAY, { aliases: ['io.acme.echo.Shout'] })]),
    ])
    const renamed = resolve(catalog, 'io.acme.echo.Shout')
    expect([renamed.resolved.type, renamed.alias]).toEqual([SAY, 'io.acme.echo.Shout'])
    // Where the old version is pinned, the name is still its own.
    const pinned = resolve(catalog, 'io.acme.echo.Shout', '1.0.0')
    expect([pinned.resolved.type, pinned.alias]).toEqual(['io.acme.echo.Shout', undefined])
    expect(catalog.current.namesOf(SAY)).toEqual([SAY, 'io.acme.echo.Shout'])
    expect(catalog.current.namesOf('unknown.Type')).toEqual(['unknown.Type'])
  })

  test('never lets a package that came later take over a name', async () => {
    const evil = (types: PluginTypeManifest[]) =>
      recordOf({ name: '@evil/plugin', version: '9.0.0', group: 'io.acme.echo', types }, { installedAtMs: 2 })
    const { catalog } = await catalogOf([evil([typeOf(SAY)]), echo('1.0.0')])
    expect(resolve(catalog, SAY).resolved.packageName).toBe('@acme/plugin-echo')
    const { catalog: other } = await catalogOf([
      evil([typeOf('io.evil.X', { aliases: [SAY] })]),
      echo('1.0.0'),
    ])
    expect(resolve(other, SAY).resolved.packageName).toBe('@acme/plugin-echo')
  })

  test('knows nothing of versions that are not active, but says that they are there', async () => {
    const { catalog } = await catalogOf([
      recordOf({ version: '1.0.0' }, { state: 'FAILED', reason: 'worker 1: boom' }),
    ])
    expect(() => resolve(catalog, SAY)).toThrow(
      expect.objectContaining({
        code: 'PLUGIN_TYPE_UNKNOWN',
        hint: expect.stringContaining('@acme/plugin-echo@1.0.0 offers it but is FAILED (worker 1: boom)'),
      }),
    )
  })

  test.each([
    ['io.acme.echo.Sya', 'Did you mean io.acme.echo.Say?'],
    ['io.known.Thing', 'pinion plugins install @known/plugin@2.0.0'],
    ['io.acme.echo.CompletelyDifferent', 'pinion plugins install @acme/plugin-echo@LATEST'],
    ['nothing.like.It', 'Install the package that offers it'],
  ])('an unknown type %s comes with a way out', async (type, hint) => {
    const { catalog } = await catalogOf([echo('1.0.0')], {
      findOffering: (wanted) =>
        wanted === 'io.known.Thing' ? { packageName: '@known/plugin', version: '2.0.0' } : undefined,
    })
    expect(() => resolve(catalog, type)).toThrow(
      expect.objectContaining({ code: 'PLUGIN_TYPE_UNKNOWN', hint: expect.stringContaining(hint) }),
    )
  })

  test('an exact version of a lock is found as long as it is active', async () => {
    const { catalog, rows } = await catalogOf([echo('1.0.0'), echo('1.1.0')])
    expect(catalog.current.findExact(SAY, '@acme/plugin-echo', '1.0.0')?.version).toBe('1.0.0')
    await rows.remove('@acme/plugin-echo', '1.0.0')
    await catalog.reload([{ packageName: '@acme/plugin-echo', version: '1.0.0' }])
    expect(catalog.current.findExact(SAY, '@acme/plugin-echo', '1.0.0')).toBeUndefined()
    expect(catalog.current.explainMissing(SAY, '@acme/plugin-echo', '1.0.0')).toMatchObject({
      code: 'PLUGIN_VERSION_NOT_INSTALLED',
      message: expect.stringContaining('@acme/plugin-echo@1.0.0'),
    })
  })
})

describe('the allow and deny lists', () => {
  const types = [typeOf('io.acme.echo.Say', { aliases: ['io.old.Say'] }), typeOf('io.acme.echo.SayAll')]
  const open = (security: NonNullable<CatalogOptions['security']>) =>
    catalogOf([echo('1.0.0', types)], { security })

  test.each([
    [{}, ['io.acme.echo.Say', 'io.acme.echo.SayAll']],
    [{ includes: ['io.acme.*'] }, ['io.acme.echo.Say', 'io.acme.echo.SayAll']],
    [{ includes: ['io.acme.echo.Say'] }, ['io.acme.echo.Say']],
    [{ includes: ['echo'] }, []],
    [{ excludes: ['io.acme.echo.Say'] }, ['io.acme.echo.SayAll']],
    [{ includes: ['io.acme.*'], excludes: ['io.acme.echo.SayAll'] }, ['io.acme.echo.Say']],
    [{ excludes: ['io.old.Say'] }, ['io.acme.echo.SayAll']],
    [{ includes: ['io.old.*'] }, []],
  ])('%j leaves %j', async (security, left) => {
    const { catalog } = await open(security)
    expect(catalog.current.listTypes()).toEqual(left)
    for (const { type } of types) {
      if (left.includes(type)) expect(resolve(catalog, type).resolved.type).toBe(type)
      else
        expect(() => resolve(catalog, type)).toThrow(
          expect.objectContaining({ code: 'PLUGIN_TYPE_FORBIDDEN' }),
        )
    }
  })

  test('hold for saved flows as well, and the reason is told', async () => {
    const { catalog } = await open({ excludes: ['.*'] })
    expect(catalog.current.findExact(SAY, '@acme/plugin-echo', '1.0.0')).toBeUndefined()
    expect(catalog.current.explainMissing(SAY, '@acme/plugin-echo', '1.0.0').code).toBe(
      'PLUGIN_TYPE_FORBIDDEN',
    )
    expect(() => resolve(catalog, 'io.old.Say')).toThrow(
      expect.objectContaining({ code: 'PLUGIN_TYPE_FORBIDDEN' }),
    )
    expect(catalog.describeType(SAY)).toBeUndefined()
    expect(catalog.jsonSchemaOf(SAY)).toBeUndefined()
  })

  test('are refused as a whole where patterns do not compile', () => {
    const options = { repository: new VersionRows(), locateBundle: () => ({ bundlePath: '' }) }
    expect(() => new Catalog({ ...options, security: { includes: ['('], excludes: ['a(?=b)'] } })).toThrow(
      expect.objectContaining({
        code: 'PLUGIN_POLICY_INVALID',
        message: expect.stringMatching(/includes: "\(".*excludes: "a\(\?=b\)"/),
      }),
    )
  })
})

describe('snapshots', () => {
  test('never change; a change makes the next one and tells everybody', async () => {
    const { catalog, rows } = await catalogOf([echo('1.0.0')])
    const before = catalog.current
    const told: number[][] = []
    const stop = catalog.onChange((current, previous) => told.push([previous.generation, current.generation]))
    await rows.save(echo('1.1.0'))
    await catalog.reload([{ packageName: '@acme/plugin-echo', version: '1.1.0' }])
    expect(before.listVersions(SAY)).toHaveLength(1)
    expect(catalog.current.listVersions(SAY).map(({ version }) => version)).toEqual(['1.1.0', '1.0.0'])
    stop()
    await catalog.refresh()
    expect(told).toEqual([[1, 2]])
  })

  test('share what was compiled for a version, unless its code or its permissions changed', async () => {
    const { catalog, rows } = await catalogOf([echo('1.0.0')])
    const first = catalog.current.listVersions(SAY)[0]
    await rows.saveDistTags('@acme/plugin-echo', { latest: '1.0.0' })
    await catalog.reloadPackage('@acme/plugin-echo')
    expect(catalog.current.listVersions(SAY)[0]).toBe(first)
    expect(resolve(catalog, SAY, 'latest').resolved).toBe(first)
    await rows.save({ ...echo('1.0.0'), grantedPermissions: { kv: true } })
    await catalog.refresh()
    expect(catalog.current.listVersions(SAY)[0]?.bundle.permissions).toEqual({ kv: true })
  })

  test('stay the same where nothing changed', async () => {
    const { catalog } = await catalogOf([echo('1.0.0')])
    const before = catalog.current
    await catalog.refresh()
    expect(catalog.current).toBe(before)
  })
})

describe('views', () => {
  const types = [
    typeOf('io.acme.echo.http.GetAll', {
      description: 'Gets *all*.',
      properties: objectSchema(
        {
          uri: { type: 'string', format: 'uri', $dynamic: true, $group: 'connection', description: 'Where.' },
          count: { type: 'integer', minimum: 1, default: 3 },
          secret: { type: 'string', $secret: true, $group: 'custom' },
          inner: { type: 'string', $hidden: true },
          headers: { type: 'object', additionalProperties: { type: 'string' } },
          auth: { $ref: '#/$defs/auth', description: 'Who.' },
          runner: { type: 'object', $plugin: 'taskRunner' },
        },
        {
          required: ['uri', 'headers'],
          $defs: {
            auth: objectSchema(
              { user: { type: 'string', enum: ['a', 'b'] } },
              { description: 'hidden by the other' },
            ),
          },
        },
      ),
      outputs: objectSchema({ body: { type: ['string', 'null'] } }),
      examples: [
        { title: 'Part', code: 'uri: https://a.example', full: false },
        { title: 'Whole', code: 'id: x', full: true },
      ],
      deprecated: { message: 'old' },
    }),
    typeOf('io.acme.echo.Trigger', { kind: 'trigger' }),
  ]
  const record = recordOf(
    {
      version: '1.0.0',
      types,
      manifest: {
        subgroups: [{ id: 'io.acme.echo.http', title: 'HTTP', categories: ['API'], icon: '<svg id="sub"/>' }],
      },
    },
    { distTags: ['latest'], deprecatedMessage: 'use 2' },
  )

  test('describe a type as its page shows it', async () => {
    const { catalog } = await catalogOf([record])
    const page = catalog.describeType('io.acme.echo.http.GetAll')
    expect(page).toMatchObject({
      title: 'Say something',
      description: 'Gets *all*.',
      version: '1.0.0',
      subgroup: { id: 'io.acme.echo.http', title: 'HTTP' },
      icon: '<svg id="sub"/>',
      deprecated: { message: 'old' },
      versions: [{ version: '1.0.0', distTags: ['latest'], deprecatedMessage: 'use 2' }],
      outputs: [{ name: 'body', type: 'string or null' }],
      examples: [
        { title: 'Part', code: 'id: get_all\ntype: io.acme.echo.http.GetAll\nuri: https://a.example' },
        { title: 'Whole', code: 'id: x' },
      ],
    })
    expect(
      page?.propertyGroups.map(({ name, properties }) => [name, properties.map((property) => property.name)]),
    ).toEqual([
      ['main', ['headers', 'count', 'auth', 'runner']],
      ['connection', ['uri']],
      ['custom', ['secret']],
    ])
    const [main, connection] = page?.propertyGroups ?? []
    expect(connection?.properties[0]).toMatchObject({
      type: 'string',
      isRequired: true,
      isDynamic: true,
      constraints: ['format: uri'],
    })
    expect(main?.properties).toMatchObject([
      { name: 'headers', type: 'map of string' },
      { name: 'count', default: 3, isRequired: false, constraints: ['at least 1'] },
      { name: 'auth', description: 'Who.', properties: [{ name: 'user', choices: ['a', 'b'] }] },
      { name: 'runner', type: 'taskRunner', pluginKind: 'taskRunner' },
    ])
    expect(catalog.describeType('io.acme.echo.http.GetAll', '9.9.9')).toBeUndefined()
  })

  test('give the JSON Schema of a type at a version', async () => {
    const { catalog } = await catalogOf([record, echo('1.1.0', [typeOf('io.acme.echo.Trigger')])])
    expect(catalog.jsonSchemaOf('io.acme.echo.http.GetAll')).toMatchObject({
      version: '1.0.0',
      properties: {
        $schema: expect.stringContaining('2020-12'),
        deprecated: true,
        required: ['uri', 'headers'],
      },
      outputs: { properties: { body: {} } },
    })
    expect(catalog.jsonSchemaOf('io.acme.echo.Trigger', '1.1.0')?.version).toBe('1.1.0')
    expect(catalog.jsonSchemaOf('io.acme.echo.http.GetAll', '1.1.0')).toBeUndefined()
  })

  test('list packages in every state', async () => {
    const { catalog } = await catalogOf([
      record,
      recordOf({ version: '1.1.0' }, { state: 'FAILED', reason: 'boom' }),
    ])
    expect(catalog.listPackages()).toMatchObject([
      {
        packageName: '@acme/plugin-echo',
        versions: [
          { version: '1.1.0', state: 'FAILED', reason: 'boom' },
          { version: '1.0.0', state: 'ACTIVE', distTags: ['latest'], deprecatedMessage: 'use 2' },
        ],
      },
    ])
  })

  test('list groups and subgroups by kind', async () => {
    const { catalog } = await catalogOf([record])
    expect(catalog.listGroups()).toMatchObject([
      {
        group: 'io.acme.echo',
        types: {
          task: [{ type: 'io.acme.echo.http.GetAll', deprecated: true }],
          trigger: [{ type: 'io.acme.echo.Trigger', deprecated: false }],
        },
      },
      { subgroup: 'io.acme.echo.http', title: 'HTTP', categories: ['API'], types: { task: [{}] } },
    ])
    expect(catalog.current.listTypes('trigger')).toEqual(['io.acme.echo.Trigger'])
  })
})
