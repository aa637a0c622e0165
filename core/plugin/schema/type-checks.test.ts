import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { objectSchema, typeOf } from '../testing/plugin-package.ts'
import { createTypeChecks } from './type-checks.ts'

function checksOf(properties: JsonObject, rest: JsonObject = {}) {
  return createTypeChecks(typeOf('io.acme.echo.Say', { properties: objectSchema(properties, rest) }))
}

const REQUEST = checksOf(
  {
    uri: { type: 'string', format: 'uri', $dynamic: true },
    method: { type: 'string', enum: ['GET', 'POST'], default: 'GET', $dynamic: true },
    retries: { type: 'integer', minimum: 0, maximum: 5 },
    timeout: { type: 'string', format: 'duration', $dynamic: true },
    headers: { type: 'object', additionalProperties: { type: 'integer' }, $dynamic: true },
    tags: { type: 'array', items: { type: 'string', pattern: '^[a-z]+$' }, maxItems: 2 },
    code: { type: 'string', pattern: '^[0-9]+$' },
    options: objectSchema({ verbose: { type: 'boolean', default: false }, auth: { type: 'string' } }),
  },
  { required: ['uri'] },
)

describe('properties as written', () => {
  test('are accepted where they fit', () => {
    expect(
      REQUEST.checkWritten({
        uri: 'https://acme.example',
        method: 'POST',
        retries: 3,
        timeout: 'PT0.5S',
        tags: ['a'],
      }),
    ).toEqual([])
  })

  test.each([
    [{}, 'uri', '`uri` is required.'],
    [{ uri: 'x' }, 'uri', '`uri` must be a URI such as https://example.com/path.'],
    [{ uri: 'a:b', method: 'PUT' }, 'method', '`method` must be one of GET, POST.'],
    [{ uri: 'a:b', retries: 9 }, 'retries', '`retries` must be at most 5.'],
    [{ uri: 'a:b', retries: 'many' }, 'retries', '`retries` must be a whole number, not a text.'],
    [{ uri: 'a:b', tags: ['a', 'B'] }, 'tags[1]', '`tags[1]` must match the pattern ^[a-z]+$.'],
    [{ uri: 'a:b', code: 'x' }, 'code', '`code` must match the pattern ^[0-9]+$.'],
    [{ uri: 'a:b', tags: ['a', 'b', 'c'] }, 'tags', '`tags` must have at most 2 entries.'],
    [{ uri: 'a:b', options: [] }, 'options', '`options` must be a map, not a list.'],
    [
      { uri: 'a:b', headers: { 'x-y': 'z' } },
      'headers.x-y',
      '`headers.x-y` must be a whole number, not a text.',
    ],
    [{ uri: 'a:b', timeout: '5s' }, 'timeout', '`timeout` must be an ISO 8601 duration such as PT30S.'],
  ])('%j is faulted at %s', (written, path, message) => {
    expect(REQUEST.checkWritten(written)).toEqual([expect.objectContaining({ path, message })])
  })

  test('an unknown name comes with the nearest one, at any depth', () => {
    expect(REQUEST.checkWritten({ uri: 'a:b', metod: 'GET', options: { verbos: true } })).toEqual([
      {
        path: 'metod',
        message: '`metod` is not a property of this type. Did you mean `method`?',
        suggestion: 'method',
      },
      {
        path: 'options.verbos',
        message: '`verbos` is not a property of `options`. Did you mean `verbose`?',
        suggestion: 'verbose',
      },
    ])
  })

  test('all faults come at once, up to a bound', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`zz${index}zz`, 1]))
    expect(REQUEST.checkWritten({ uri: 'a:b', retries: -1, tags: 1 })).toHaveLength(2)
    expect(REQUEST.checkWritten(many)).toHaveLength(50)
  })

  test('an expression stands for any value that is $dynamic, or below one that is', () => {
    expect(
      REQUEST.checkWritten({
        uri: '{{ inputs.uri }}',
        method: '{% if a %}GET{% endif %}',
        headers: '{{ h }}',
      }),
    ).toEqual([])
    expect(REQUEST.checkWritten({ uri: 'a:b', headers: { x: '{{ n }}' } })).toEqual([])
  })

  test('an expression does not stand where the value is needed before rendering, and the fault says so', () => {
    const [fault] = REQUEST.checkWritten({ uri: 'a:b', retries: '{{ n }}' })
    expect(fault?.path).toBe('retries')
    expect(fault?.message).toContain('an expression cannot stand here')
  })

  test('neither nesting nor size can exhaust the checker', () => {
    let deep: unknown = 1
    for (let depth = 0; depth < 100_000; depth++) deep = [deep]
    expect(REQUEST.checkWritten({ uri: deep })).toHaveLength(1)
    expect(REQUEST.checkWritten({ uri: undefined, retries: Number.NaN })).toHaveLength(1)
    expect(REQUEST.checkWritten('text')[0]?.message).toBe('The whole must be a map, not a text.')
  })

  test('a hostile pattern and a hostile text take no time', () => {
    const { checkWritten } = checksOf({ text: { type: 'string', pattern: '^(a+)+$' } })
    const startedAtMs = performance.now()
    expect(checkWritten({ text: `${'a'.repeat(50_000)}!` })).toHaveLength(1)
    expect(performance.now() - startedAtMs).toBeLessThan(2_000)
  })
})

describe('properties after rendering', () => {
  const rendered = (checks: ReturnType<typeof checksOf>, value: unknown) => {
    const { value: result, faults } = checks.checkRendered(value)
    expect(faults).toEqual([])
    return result
  }

  test('texts become what the schema asks for, and defaults are filled in', () => {
    const written = {
      uri: 'a:b',
      retries: '3',
      headers: '{"x": "1"}',
      tags: '["a"]',
      options: { verbose: 'true' },
    }
    expect(rendered(REQUEST, written)).toEqual({
      uri: 'a:b',
      method: 'GET',
      retries: 3,
      headers: { x: 1 },
      tags: ['a'],
      options: { verbose: true },
    })
    expect(written.retries).toBe('3')
  })

  test('numbers and booleans become texts where only a text will do', () => {
    expect(
      rendered(checksOf({ image: { type: 'string' }, flag: { type: 'string' } }), {
        image: 3.11,
        flag: true,
      }),
    ).toEqual({ image: '3.11', flag: 'true' })
  })

  test.each([
    ['integer', '3.5'],
    ['integer', ''],
    ['integer', '0x10'],
    ['number', 'Infinity'],
    ['boolean', 'yes'],
    ['array', '{"a":1}'],
    ['array', '[1'],
    ['object', '[]'],
  ])('a %s is not made of %j', (type, text) => {
    expect(checksOf({ value: { type } }).checkRendered({ value: text }).faults).toHaveLength(1)
  })

  test('an expression that is still there is a text like any other', () => {
    expect(REQUEST.checkRendered({ uri: 'a:b', method: '{{ x }}' }).faults).toHaveLength(1)
  })

  test('an empty text is null where null is allowed', () => {
    expect(rendered(checksOf({ n: { type: ['integer', 'null'] } }), { n: '' })).toEqual({ n: null })
  })

  test('of several forms, the one that the value fits is taken', () => {
    const checks = checksOf({
      body: { oneOf: [{ type: 'array', items: { type: 'integer' } }, { type: 'string' }] },
      auth: {
        oneOf: [
          objectSchema({ kind: { const: 'basic' }, tries: { type: 'integer' } }, { required: ['kind'] }),
          objectSchema({ kind: { const: 'token' }, token: { type: 'string' } }, { required: ['kind'] }),
        ],
      },
    })
    expect(rendered(checks, { body: ['1'], auth: { kind: 'token', token: 5 } })).toEqual({
      body: [1],
      auth: { kind: 'token', token: '5' },
    })
    expect(rendered(checks, { body: '[1]', auth: { kind: 'basic', tries: '2' } })).toEqual({
      body: '[1]',
      auth: { kind: 'basic', tries: 2 },
    })
    expect(checks.checkRendered({ auth: { kind: 'basic', tries: 'x' } }).faults).toEqual([
      expect.objectContaining({ path: 'auth.tries' }),
    ])
    expect(checks.checkRendered({ body: true, auth: 5 }).faults.map(({ message }) => message)).toEqual([
      expect.stringContaining('`auth` fits none of the forms it may have'),
    ])
  })

  test('recursive schemas are followed as deep as the value goes', () => {
    const checks = createTypeChecks(
      typeOf('io.acme.echo.Say', {
        properties: objectSchema(
          { tree: { $ref: '#/$defs/node', $dynamic: true } },
          { $defs: { node: objectSchema({ n: { type: 'integer' }, next: { $ref: '#/$defs/node' } }) } },
        ),
      }),
    )
    expect(rendered(checks, { tree: { n: '1', next: { n: '2', next: {} } } })).toEqual({
      tree: { n: 1, next: { n: 2, next: {} } },
    })
    expect(checks.checkWritten({ tree: { next: { n: '{{ x }}', next: '{{ y }}' } } })).toEqual([])
    expect(checks.checkWritten({ tree: { next: { n: 'x' } } })[0]?.path).toBe('tree.next.n')
  })

  test('what is written and fits, fits when it is rendered', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.integer()))
    const checks = checksOf({
      a: { type: 'integer' },
      b: { type: 'array', items: { type: 'string' } },
      c: { type: 'boolean' },
    })
    fc.assert(
      fc.property(fc.record({ a: value, b: value, c: value }, { requiredKeys: [] }), (written) => {
        const before = structuredClone(written)
        const faults = checks.checkWritten(written)
        expect(checks.checkRendered(written).faults).toEqual(faults)
        expect(written).toEqual(before)
      }),
    )
  })
})

test('a nested plugin is anything with a type, alone or in a list; what is below it is not touched', () => {
  const checks = checksOf({
    taskRunner: { type: 'object', $plugin: 'taskRunner' },
    tasks: { type: 'array', items: { $plugin: 'task' }, minItems: 1 },
    any: { $plugin: 'condition' },
  })
  const value = {
    taskRunner: { type: 'a.B', count: '3' },
    tasks: [{ type: 'a.C', whatever: true }],
    any: [{ type: 'a.D' }],
  }
  expect(checks.checkWritten(value)).toEqual([])
  expect(checks.checkRendered(value)).toEqual({ value, faults: [] })
  expect(checks.checkWritten({ taskRunner: {}, tasks: [], any: 'x' }).map(({ path }) => path)).toEqual([
    'taskRunner.type',
    'tasks',
    'any',
  ])
})

describe('outputs', () => {
  test('are checked by their schema as they are', () => {
    const { checkOutputs } = createTypeChecks(
      typeOf('io.acme.echo.Say', { outputs: objectSchema({ code: { type: 'integer' } }) }),
    )
    expect(checkOutputs({ code: 1 })).toEqual([])
    expect(checkOutputs({ code: '1' })).toEqual([expect.objectContaining({ path: 'code' })])
    expect(checkOutputs({ code: () => 1 })).toHaveLength(1)
  })
  test('of a type that declares none are free', () => {
    expect(createTypeChecks(typeOf('io.acme.echo.Say')).checkOutputs({ a: 1 })).toEqual([])
  })
})
