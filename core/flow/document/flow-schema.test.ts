import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { compileFlow } from '../compile/compile-flow.ts'
import { INSTALLED, installed, object, openCatalog, type } from '../testing/installed.ts'
import { flowSchema } from './flow-schema.ts'

const FOLDER = join(import.meta.dirname, '../fixtures/flows')
const { catalog } = await openCatalog()
const schema = flowSchema(catalog.current, 'LATEST')

/** Strict: a keyword that draft 07 does not know is an error, as it is to some editors. */
function validatorOf(document: object) {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    strictTuples: false,
  })
  addFormats.default(ajv)
  const validate = ajv.compile(document)
  return (value: unknown) =>
    validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
const faultsOf = validatorOf(schema)

function flowOf(task: object, rest: object = {}): object {
  return { id: 'a', namespace: 'company', tasks: [{ id: 't', ...task }], ...rest }
}
const HTTP = 'io.acme.http.Request'

test('is a valid schema of draft 07 that needs no keyword of ours', () => {
  expect(schema['$schema']).toBe('http://json-schema.org/draft-07/schema#')
  expect(JSON.stringify(schema)).not.toMatch(/"\$(dynamic|plugin|group|secret|hidden|defs)"/)
})

describe('flows that compile are valid', () => {
  const valid = readdirSync(FOLDER).filter(
    (name) => /^valid-.*\.yaml$/.test(name) && !name.includes('defaults'),
  )
  test.each(valid)('%s', (name) => {
    expect(faultsOf(parse(readFileSync(join(FOLDER, name), 'utf8')))).toEqual([])
  })
})

describe('flows with faults are not', () => {
  test.each([
    ['no tasks', { id: 'a', namespace: 'b' }],
    [
      'an unknown property of the flow',
      flowOf({ type: 'io.kestra.plugin.core.log.Log', message: 'x' }, { taks: 1 }),
    ],
    ['a Log without its message', flowOf({ type: 'io.kestra.plugin.core.log.Log' })],
    ['an unknown type', flowOf({ type: 'io.acme.Nope' })],
    ['a type of another kind', flowOf({ type: 'io.acme.script.Docker', image: 'x' })],
    ['an unknown property of a task', flowOf({ type: HTTP, uri: 'x', url: 'x' })],
    ['a bad core property', flowOf({ type: HTTP, uri: 'x', timeout: '10s' })],
    ['a core property that does not run yet', flowOf({ type: HTTP, uri: 'x', taskCache: { enabled: true } })],
    ['a property of another version', flowOf({ type: HTTP, uri: 'x', retries: 1 })],
    ['an expression where none may stand', flowOf({ type: HTTP, uri: 'x', options: { timeout: '{{ x }}' } })],
    [
      'a plugin within a task',
      flowOf({
        type: 'io.acme.script.Shell',
        commands: ['ls'],
        taskRunner: { type: 'io.acme.script.Docker' },
      }),
    ],
    [
      'an input that does not run yet',
      flowOf({ type: HTTP, uri: 'x' }, { inputs: [{ id: 'a', type: 'FILE' }] }),
    ],
    [
      'an input of an unknown type',
      flowOf({ type: HTTP, uri: 'x' }, { inputs: [{ id: 'a', type: 'STRNG' }] }),
    ],
  ])('%s', (_name, flow) => {
    expect(faultsOf(flow)).not.toEqual([])
  })
})

describe('versions', () => {
  test.each([
    ['1.0.0', { retries: 1 }, true],
    ['1.0.0', { maxRetries: 1 }, false],
    ['2.0.0', { maxRetries: 1 }, true],
    ['2.0.0', { retries: 1 }, false],
    // A schema cannot resolve a range: whatever one of the versions has is accepted, and nothing else.
    ['^1', { retries: 1 }, true],
    ['stable', { maxRetries: 1 }, true],
    ['^1', { nothing: 1 }, false],
  ])('%s with %j is valid: %s', (version, properties, isValid) => {
    expect(faultsOf(flowOf({ type: HTTP, uri: 'x', version, ...properties })).length === 0).toBe(isValid)
  })

  test('without a version the instance decides', () => {
    const oldest = validatorOf(flowSchema(catalog.current, 'OLDEST'))
    expect(oldest(flowOf({ type: HTTP, uri: 'x', retries: 1 }))).toEqual([])
    expect(oldest(flowOf({ type: HTTP, uri: 'x', maxRetries: 1 }))).not.toEqual([])
  })
})

test('a former id is a type, too', () => {
  expect(faultsOf(flowOf({ type: 'io.kestra.core.tasks.log.Log', message: 'x' }))).toEqual([])
})

test('is the same object for a snapshot, and another one for the next', async () => {
  const { catalog: changing, rows } = await openCatalog()
  const before = flowSchema(changing.current, 'LATEST')
  expect(flowSchema(changing.current, 'LATEST')).toBe(before)
  await rows.save(installed('@acme/plugin-new', '1.0.0', 'io.acme.fresh', [type('io.acme.fresh.Thing')]))
  await changing.refresh()
  expect(validatorOf(before)(flowOf({ type: 'io.acme.fresh.Thing' }))).not.toEqual([])
  expect(
    validatorOf(flowSchema(changing.current, 'LATEST'))(flowOf({ type: 'io.acme.fresh.Thing' })),
  ).toEqual([])
})

test('carries titles, Markdown, examples and deprecations', () => {
  const definitions = JSON.stringify(schema['definitions'])
  expect(definitions).toContain('"title":"Log (1.0.0)"')
  expect(definitions).toContain('```yaml\\nmessage: Hello\\n```')
  expect(definitions).toContain('**Deprecated.** It is no longer kept.')
})

test('plugin schemas of the newer draft are translated, and say the same', async () => {
  const properties = object(
    {
      pair: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false },
      user: { type: 'string' },
      password: { type: 'string', $secret: true },
      wait: { type: 'string', format: 'duration', $dynamic: true, title: 'Wait', default: 'PT1S' },
      tree: { $ref: '#/$defs/tree', description: 'A tree' },
      any: { $ref: '#/$defs/tree', $dynamic: true },
    },
    [],
    {
      dependentRequired: { user: ['password'] },
      $defs: {
        tree: object({
          depth: { type: 'integer' },
          children: { type: 'array', items: { $ref: '#/$defs/tree' } },
        }),
      },
    },
  )
  const { catalog: other } = await openCatalog([
    ...INSTALLED,
    installed('@acme/plugin-draft', '1.0.0', 'io.acme.draft', [type('io.acme.draft.Task', { properties })]),
  ])
  const check = validatorOf(flowSchema(other.current, 'LATEST'))
  const compiles = (task: object) =>
    compileFlow(JSON.stringify(flowOf(task)), {
      tenant: 'main',
      catalog: other.current,
      defaults: { instance: [], namespaces: [] },
      instanceVersion: 'LATEST',
    }).flow !== undefined
  for (const [rest, isValid] of [
    [{ pair: ['a', 1] }, true],
    [{ pair: [1, 'a'] }, false],
    [{ pair: ['a', 1, 2] }, false],
    [{ user: 'a' }, false],
    [{ user: 'a', password: 'b' }, true],
    [{ wait: 'PT0.5S' }, true],
    [{ wait: '{{ vars.x }}' }, true],
    [{ wait: 'soon' }, false],
    [{ tree: { children: [{ depth: 1 }] } }, true],
    [{ tree: { children: [{ deep: 1 }] } }, false],
    [{ tree: { depth: '{{ 1 }}' } }, false],
    [{ any: { depth: '{{ 1 }}' } }, true],
    [{ any: '{{ x }}' }, true],
  ] as const) {
    const task = { type: 'io.acme.draft.Task', ...rest }
    expect([rest, check(flowOf(task)).length === 0], JSON.stringify(check(flowOf(task)))).toEqual([
      rest,
      isValid,
    ])
    expect([rest, compiles(task)]).toEqual([rest, isValid])
  }
})
