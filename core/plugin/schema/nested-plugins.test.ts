import { expect, test } from 'vitest'
import { objectSchema } from '../testing/plugin-package.ts'
import { findPluginPlaces, locatePlugins } from './nested-plugins.ts'

const SCHEMA = objectSchema(
  {
    taskRunner: { $plugin: 'taskRunner' },
    tasks: { type: 'array', items: { $plugin: 'task' } },
    cases: { type: 'object', additionalProperties: { type: 'array', items: { $plugin: 'task' } } },
    steps: {
      type: 'array',
      items: objectSchema({ runner: { $plugin: 'taskRunner' }, name: { type: 'string' } }),
    },
    tree: { $ref: '#/$defs/node' },
    plain: { type: 'object' },
  },
  { $defs: { node: objectSchema({ when: { $plugin: 'condition' }, next: { $ref: '#/$defs/node' } }) } },
)

test('finds every place of a schema, through lists, maps and references', () => {
  expect(findPluginPlaces(SCHEMA)).toEqual([
    { path: 'taskRunner', kind: 'taskRunner' },
    { path: 'tasks', kind: 'task' },
    { path: 'cases.*', kind: 'task' },
    { path: 'steps.*.runner', kind: 'taskRunner' },
    { path: 'tree.when', kind: 'condition' },
  ])
})

test('finds the plugins that stand there, with their own paths', () => {
  const properties = {
    taskRunner: { type: 'Runner' },
    tasks: [{ type: 'A' }, { type: 'B' }],
    cases: { yes: [{ type: 'C' }], no: { type: 'D' } },
    steps: [{ name: 'x' }, { runner: { type: 'E' } }],
    tree: { when: { noType: true } },
    plain: { type: 'not a plugin' },
  }
  expect(
    locatePlugins(properties, findPluginPlaces(SCHEMA)).map(({ path, kind, value }) => [
      path,
      kind,
      value['type'],
    ]),
  ).toEqual([
    ['taskRunner', 'taskRunner', 'Runner'],
    ['tasks[0]', 'task', 'A'],
    ['tasks[1]', 'task', 'B'],
    ['cases.yes[0]', 'task', 'C'],
    ['cases.no', 'task', 'D'],
    ['steps[1].runner', 'taskRunner', 'E'],
  ])
})

test('properties of the wrong shape hold no plugins', () => {
  expect(locatePlugins({ tasks: 'x', cases: [1], steps: null }, findPluginPlaces(SCHEMA))).toEqual([])
  expect(locatePlugins('text', findPluginPlaces(SCHEMA))).toEqual([])
})
