import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCoordinates } from './coordinates.ts'
import { formatStorageName, parseStorageName } from './storage-name.ts'

const SCOPES = { 'io.kestra.plugin': '@pinion', 'io.acme_corp.x': '@acme_x' }
const coordinates = createCoordinates(SCOPES)

test.each([
  ['@pinion/plugin-aws@1.2.0', '@pinion/plugin-aws', '1.2.0'],
  ['@pinion/plugin-aws@^1.2', '@pinion/plugin-aws', '^1.2'],
  ['@pinion/plugin-aws@next', '@pinion/plugin-aws', 'next'],
  ['@pinion/plugin-aws@latest', '@pinion/plugin-aws', 'LATEST'],
  ['@pinion/plugin-aws', '@pinion/plugin-aws', 'LATEST'],
  ['plugin-aws@1.0.0', 'plugin-aws', '1.0.0'],
  ['plugin-aws', 'plugin-aws', 'LATEST'],
  ['io.kestra.plugin:plugin-aws:0.21.0', '@pinion/plugin-aws', '0.21.0'],
  ['io.kestra.plugin:plugin-aws:LATEST', '@pinion/plugin-aws', 'LATEST'],
  ['io.kestra.plugin:plugin-aws', '@pinion/plugin-aws', 'LATEST'],
])('%s means %s at %s', (text, packageName, request) => {
  const parsed = coordinates.parse(text)
  expect([parsed.packageName, parsed.request.text]).toEqual([packageName, request])
})

test.each([
  '',
  '@',
  '@pinion',
  '@pinion/',
  '@pinion/../etc@1.0.0',
  'Plugin@1.0.0',
  'a b@1.0.0',
  'io.kestra.plugin:a:1.0.0:x',
  'io.kestra.plugin::1.0.0',
  'io.kestra.plugin:../x:1.0.0',
  'x'.repeat(600),
])('%j names no package', (text) => {
  expect(() => coordinates.parse(text)).toThrow(
    expect.objectContaining({ code: 'PLUGIN_COORDINATE_INVALID' }),
  )
})

test('an unknown group lists those that are known', () => {
  expect(() => coordinates.parse('org.other:plugin:1.0.0')).toThrow(
    expect.objectContaining({
      code: 'PLUGIN_COORDINATE_INVALID',
      hint: expect.stringContaining('io.kestra.plugin'),
    }),
  )
})

test('two groups cannot stand for one scope', () => {
  expect(() => createCoordinates({ a: '@x', b: '@x' })).toThrow()
})

test('coordinates are written back in both forms', () => {
  expect(coordinates.format('@pinion/plugin-aws', '1.0.0')).toBe('@pinion/plugin-aws@1.0.0')
  expect(coordinates.formatAsGroup('@pinion/plugin-aws', '1.0.0')).toBe('io.kestra.plugin:plugin-aws:1.0.0')
  expect(coordinates.formatAsGroup('@other/plugin-aws', '1.0.0')).toBeUndefined()
})

describe('the name in internal storage', () => {
  test('is that of the reference', () => {
    expect(formatStorageName('@pinion/plugin-script-shell', '0.20.0', SCOPES)).toBe(
      'io_kestra_plugin__plugin-script-shell__0_20_0',
    )
  })

  const part = fc.stringMatching(/^[a-z0-9-~][a-z0-9-._~]{0,8}$/).filter((text) => !text.includes('..'))
  const scope = fc.oneof(
    fc.constantFrom('', '@pinion/', '@acme_x/'),
    part.filter((text) => !text.endsWith('.')).map((text) => `@${text}/`),
  )
  const version = fc.constantFrom('1.0.0', '0.20.0-SNAPSHOT', '1.2.3-beta.1', '10.0.0-a-b.c')
  test('can be read back, whatever the package', () => {
    fc.assert(
      fc.property(scope, part, version, (prefix, artifact, exact) => {
        const packageName = prefix + artifact
        const name = formatStorageName(packageName, exact, SCOPES)
        expect(name).not.toContain('/')
        expect(parseStorageName(name, SCOPES)).toEqual({ packageName, version: exact })
      }),
      { numRuns: 1000 },
    )
  })
  test.each(['', 'x', 'a__b', '__', '____', 'a__b__c', '..__x__1_0_0'])('%j stands for nothing', (name) => {
    expect(parseStorageName(name, SCOPES)).toBeUndefined()
  })
})
