import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonSchema } from '../manifest/index.ts'
import { allowExpressions, closeObjects, describeError, SchemaDialect, SourceDocument } from './index.ts'

const dialect = new SchemaDialect()
const names = fc.constantFrom('a', 'b', 'c')

/** Schemas of objects, lists and scalars, some properties of them dynamic. */
const schemas: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.record({ type: fc.constantFrom('string', 'integer', 'boolean') }),
    fc.record({ type: fc.constant('array'), items: tie('schema') }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(names, dynamic(tie('schema')), { maxKeys: 3 }),
    }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
  ),
})).schema
const values = fc.jsonValue({ maxDepth: 3 })

function dynamic(schema: fc.Arbitrary<JsonSchema>): fc.Arbitrary<JsonSchema> {
  return fc
    .tuple(schema, fc.boolean())
    .map(([inner, isDynamic]) => (isDynamic ? { ...inner, $dynamic: true } : inner))
}

test('a closed schema refuses what the open one refused, and closing twice changes nothing', () => {
  fc.assert(
    fc.property(schemas, values, (schema, value) => {
      const closed = closeObjects(schema)
      expect(closeObjects(closed)).toEqual(closed)
      const isOpenValid = dialect.compile(schema)(value).length === 0
      const isClosedValid = dialect.compile(closed)(value).length === 0
      expect(isClosedValid && !isOpenValid).toBe(false)
    }),
    { numRuns: 200 },
  )
})

test('where expressions are allowed, every value of the plain schema is still valid', () => {
  fc.assert(
    fc.property(schemas, values, (schema, value) => {
      const isPlainValid = dialect.compile(schema)(value).length === 0
      const isRelaxedValid = dialect.compile(allowExpressions(schema))(value).length === 0
      expect(isPlainValid && !isRelaxedValid).toBe(false)
    }),
    { numRuns: 200 },
  )
})

test('objects are closed at every level that declares properties, unless the author decided', () => {
  const open = { type: 'object', properties: {}, additionalProperties: true }
  const schema = {
    type: 'object',
    properties: { open, list: { items: { properties: { x: true } } }, free: { type: 'object' } },
  }
  expect(closeObjects(schema)).toEqual({
    type: 'object',
    additionalProperties: false,
    properties: {
      open,
      list: { items: { properties: { x: true }, additionalProperties: false } },
      free: { type: 'object' },
    },
  })
})

test('an object put together from several schemas takes the properties of all of them and no other', () => {
  const schema = closeObjects({
    type: 'object',
    properties: { a: true },
    allOf: [{ properties: { b: true } }],
    oneOf: [
      { required: ['c'], properties: { c: true } },
      { required: ['d'], properties: { d: true } },
    ],
  })
  const check = dialect.compile(schema)
  expect(check({ a: 1, b: 1, c: 1 })).toEqual([])
  expect(check({ a: 1, b: 1, c: 1, e: 1 }).map(describeError)).toEqual(['`e` is not a known property'])
})

test('expressions stand at dynamic properties and below them, and nowhere else', () => {
  const check = dialect.compile(
    allowExpressions({
      type: 'object',
      properties: {
        times: { type: 'integer', $dynamic: true },
        list: { type: 'array', items: { type: 'integer' }, $dynamic: true },
        fixed: { type: 'integer' },
        mixed: {
          type: 'object',
          $dynamic: true,
          properties: { still: { type: 'integer', $dynamic: false } },
        },
      },
    }),
  )
  expect(check({ times: '{{ x }}', list: [1, '{{ y }}'] })).toEqual([])
  expect(check({ list: '{% if x %}1{% endif %}' })).toEqual([])
  const faults = check({ times: 'x', fixed: '{{ x }}', mixed: { still: '{{ x }}' } })
  expect(faults.map(describeError)).toEqual([
    '`times` must be integer',
    '`fixed` must be integer',
    '`mixed.still` must be integer',
  ])
})

test('of alternatives told apart by a constant, only the faults of the one that is meant are shown', () => {
  const check = dialect.compile({
    type: 'object',
    properties: {
      auth: {
        oneOf: [
          {
            type: 'object',
            required: ['type', 'token'],
            properties: { type: { const: 'BEARER' }, token: { type: 'string' } },
          },
          {
            type: 'object',
            required: ['type'],
            properties: { type: { const: 'BASIC' }, user: { type: 'string' } },
          },
        ],
      },
      message: { anyOf: [{ type: 'string' }, { type: 'array' }] },
    },
  })
  const faults = check({ auth: { type: 'BEARER' }, message: 1 })
  expect(faults.map(describeError)).toEqual([
    '`auth` lacks `token`',
    '`message` must be string or must be array',
  ])
})

test('durations may have fractions of seconds', () => {
  const check = dialect.compile({ type: 'string', format: 'duration' })
  expect(['PT0.5S', 'P1DT12H', 'P2W', 'PT1H0.001S'].flatMap((value) => check(value))).toEqual([])
  for (const wrong of ['P', 'PT', '1D', 'P1W2D', 'PT.5S', 'P1S']) expect(check(wrong), wrong).toHaveLength(1)
})

test('a document knows where its values, its keys and the lines of its texts stand', () => {
  const document = new SourceDocument('a:\n  - b: 1\n    code: |\n      x: 1\n       y: 2\n"c": {d: 4}\n')
  expect(document.positionOf(['a', 0, 'b'])).toEqual({ line: 2, column: 8 })
  expect(document.positionOfKey(['a', 0, 'b'])).toEqual({ line: 2, column: 5 })
  expect(document.positionOf(['c', 'd'])).toEqual({ line: 6, column: 10 })
  expect(document.positionOf(['a', 0, 'nothing', 'there'])).toEqual({ line: 2, column: 5 })
  expect(document.positionWithin(['a', 0, 'code'], { line: 1, column: 4 })).toEqual({ line: 4, column: 10 })
  expect(document.positionWithin(['c', 'd'], { line: 3, column: 3 })).toEqual({ line: 6, column: 10 })
})

test('a YAML bomb is a fault, not a full memory', () => {
  const levels = Array.from({ length: 12 }, (_, level) =>
    level === 0 ? 'a0: &a0 [x]' : `a${level}: &a${level} [${`*a${level - 1},`.repeat(10)}]`,
  )
  const document = new SourceDocument(levels.join('\n'))
  expect(document.value).toBeUndefined()
  expect(document.syntaxFaults).toHaveLength(1)
})
