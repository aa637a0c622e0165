import type { JsonObject } from '@pinion/plugin-sdk/manifest'
import { describe, expect, test } from 'vitest'
import type { PluginDefault } from '../../namespace/index.ts'
import { findPluginPlaces } from '../schema/index.ts'
import { objectSchema } from '../testing/plugin-package.ts'
import type { DefaultLevels } from './levels.ts'
import { type DefaultsTarget, mergeDefaults } from './merge-defaults.ts'
import { toVersionRequest } from './version-request.ts'

const TYPE = 'io.kestra.plugin.core.debug.Return'
const ALIAS = 'io.kestra.core.tasks.debugs.Return'

function targetOf(properties: JsonObject, names: readonly string[] = [TYPE, ALIAS]): DefaultsTarget {
  const schema = objectSchema(properties)
  return {
    names,
    manifest: { properties: schema },
    propertyNames: new Set(Object.keys(properties)),
    nestedPlugins: findPluginPlaces(schema),
    coreProperties: new Set(['retry', 'timeout']),
  }
}

const TARGET = targetOf({
  format: { type: 'string', default: 'schema' },
  options: { type: 'object' },
  taskRunner: { $plugin: 'taskRunner' },
})
const entry = (type: string, values: JsonObject, forced = false): PluginDefault => ({ type, values, forced })
const levelsOf = (levels: Partial<DefaultLevels>): DefaultLevels => ({
  flow: [],
  namespaces: [],
  instance: [],
  ...levels,
})
const effective = (written: JsonObject, levels: Partial<DefaultLevels>) =>
  mergeDefaults({ type: TYPE, ...written }, TARGET, levelsOf(levels))

test('the effective value follows the order, as levels are taken away from the strongest on', () => {
  const of = (value: string, forced = false) => entry(TYPE, { format: value }, forced)
  const instance = [of('instance'), of('forced instance', true)]
  const company = [of('company'), of('forced company', true)]
  const team = [of('team'), of('forced team', true)]
  const flow = [of('flow'), of('forced flow', true)]
  const soft = (list: PluginDefault[]) => list.filter(({ forced }) => !forced)
  const cases: [JsonObject, Partial<DefaultLevels>, string][] = [
    [{ format: 'task' }, { flow, namespaces: [team, company], instance }, 'forced instance'],
    [{ format: 'task' }, { flow, namespaces: [team, company], instance: soft(instance) }, 'forced company'],
    [
      { format: 'task' },
      { flow, namespaces: [team, soft(company)], instance: soft(instance) },
      'forced team',
    ],
    [{ format: 'task' }, { flow, namespaces: [soft(team)] }, 'forced flow'],
    [{ format: 'task' }, { flow: soft(flow), namespaces: [soft(team)] }, 'task'],
    [{}, { flow: soft(flow), namespaces: [soft(team), soft(company)], instance: soft(instance) }, 'flow'],
    [{}, { namespaces: [soft(team), soft(company)], instance: soft(instance) }, 'team'],
    [{}, { namespaces: [soft(company)], instance: soft(instance) }, 'company'],
    [{}, { instance: soft(instance) }, 'instance'],
    [{}, {}, 'schema'],
  ]
  for (const [written, levels, format] of cases) expect(effective(written, levels)['format']).toBe(format)
})

describe('the type of an entry', () => {
  test.each([
    [TYPE, true],
    [ALIAS, true],
    ['io.kestra.plugin.core.debug', true],
    ['io.kestra.core.tasks', true],
    ['io', true],
    ['io.kestra.plugin.core.deb', false],
    ['io.kestra.plugin.core.debug.Return.more', false],
    ['io.kestra.plugin.core.log', false],
    ['', false],
  ])('%j covers the task: %s', (type, covers) => {
    expect(effective({}, { flow: [entry(type, { format: 'x' })] })['format']).toBe(covers ? 'x' : 'schema')
  })

  test('names the type exactly and beats a prefix, a longer prefix a shorter one, a later entry an equal one', () => {
    const flow = [
      entry(TYPE, { format: 'first exact' }),
      entry(TYPE, { format: 'exact' }),
      entry('io.kestra.plugin.core', { format: 'longer', retry: 'longer' }),
      entry('io.kestra', { format: 'shorter', retry: 'shorter', timeout: 'shorter' }),
    ]
    expect(effective({}, { flow })).toMatchObject({ format: 'exact', retry: 'longer', timeout: 'shorter' })
  })

  test("is nearer by its level first: a flow's prefix beats a namespace's exact entry", () => {
    const levels = {
      flow: [entry('io.kestra', { format: 'flow' })],
      namespaces: [[entry(TYPE, { format: 'team' })]],
    }
    expect(effective({}, levels)['format']).toBe('flow')
  })
})

test('a prefix leaves out what the type lacks, an exact entry keeps it for the validation to see', () => {
  expect(effective({}, { flow: [entry('io.kestra', { region: 'x', retry: {} })] })).toEqual({
    type: TYPE,
    retry: {},
    format: 'schema',
  })
  expect(effective({}, { flow: [entry(TYPE, { region: 'x' })] })['region']).toBe('x')
})

test('id and type are never defaulted, not even by force', () => {
  const flow = [entry(TYPE, { id: 'x', type: 'y', format: 'z' }, true)]
  expect(effective({ id: 'mine' }, { flow })).toEqual({ type: TYPE, id: 'mine', format: 'z' })
})

describe('maps', () => {
  test('are merged key by key, lists are replaced', () => {
    const flow = [entry(TYPE, { options: { limit: { cpu: '1', memory: '128Mi' }, list: [1, 2] } })]
    expect(effective({ options: { limit: { cpu: '2' }, list: [3] } }, { flow })['options']).toEqual({
      limit: { cpu: '2', memory: '128Mi' },
      list: [3],
    })
  })
  test('of another type are another thing: the stronger one stays whole', () => {
    const flow = [entry(TYPE, { taskRunner: { type: 'Docker', pullPolicy: 'NEVER' } })]
    expect(effective({ taskRunner: { type: 'Process' } }, { flow })['taskRunner']).toEqual({
      type: 'Process',
    })
    expect(effective({ taskRunner: { type: 'Docker' } }, { flow })['taskRunner']).toEqual({
      type: 'Docker',
      pullPolicy: 'NEVER',
    })
    const forced = [entry(TYPE, { taskRunner: { type: 'Docker' } }, true)]
    expect(effective({ taskRunner: { type: 'Process', x: 1 } }, { flow: forced })['taskRunner']).toEqual({
      type: 'Docker',
    })
  })
})

test('nested plugins get the defaults of their own type, wherever they come from', () => {
  const runner = targetOf({ memory: {}, cpu: {} }, ['io.runner.Docker'])
  const merged = mergeDefaults(
    { type: TYPE },
    TARGET,
    levelsOf({
      flow: [entry(TYPE, { taskRunner: { type: 'io.runner.Docker', cpu: 2 } })],
      instance: [entry('io.runner', { memory: '1Gi', cpu: 1, timeout: 'PT1S', other: 1 })],
    }),
    (nested) =>
      nested['type'] === 'io.runner.Docker' ? { ...runner, coreProperties: new Set() } : undefined,
  )
  expect(merged['taskRunner']).toEqual({ type: 'io.runner.Docker', cpu: 2, memory: '1Gi' })
})

test('inputs are not changed, and no key reaches a prototype', () => {
  const hostile: JsonObject = JSON.parse(
    '{"__proto__": {"polluted": true}, "options": {"__proto__": {"polluted": true}, "a": 1}}',
  )
  const levels = levelsOf({ flow: [entry(TYPE, hostile)], instance: [entry(TYPE, hostile, true)] })
  const frozen = structuredClone(levels)
  const merged = mergeDefaults({ type: TYPE, options: { b: 1 } }, TARGET, levels)
  expect(merged['options']).toEqual({ a: 1, b: 1 })
  expect(Object.hasOwn(merged, '__proto__')).toBe(false)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
  expect(levels).toEqual(frozen)
})

describe('the version that each level asks for', () => {
  const names = [TYPE, ALIAS]
  const request = (written: JsonObject, levels: Partial<DefaultLevels>) =>
    toVersionRequest({ type: TYPE, ...written }, names, levelsOf(levels), 'LATEST')

  test('comes from the task and from defaults of each level', () => {
    const levels = {
      flow: [entry(ALIAS, { version: '2.0.0' })],
      namespaces: [[], [entry('io.kestra', { version: '3.0.0' })]],
      instance: [entry('io', { version: 4 })],
    }
    expect(request({ version: '1.0.0' }, levels)).toEqual({
      type: TYPE,
      task: '1.0.0',
      flow: '2.0.0',
      namespace: '3.0.0',
      instance: '4',
    })
    expect(request({}, {})).toEqual({ type: TYPE, instance: 'LATEST' })
  })
  test('is the forced one where there is one', () => {
    const levels = {
      flow: [entry(TYPE, { version: '2.0.0' }, true)],
      instance: [entry(TYPE, { version: '1.5.0' }, true)],
    }
    expect(request({ version: '1.0.0' }, levels).task).toBe('1.5.0')
  })
})
