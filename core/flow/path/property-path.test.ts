import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatPath, parsePath, valueAt } from './property-path.ts'

test.each([
  [['tasks', 2, 'type'], 'tasks[2].type'],
  [['headers', 'x.y', 0], 'headers["x.y"][0]'],
  [['a-b', '0', ''], 'a-b["0"][""]'],
  [[], ''],
] as const)('%j is %s', (path, text) => {
  expect(formatPath([...path])).toBe(text)
})

test('every path can be read back', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.nat(1_000))), (path) => {
      expect(parsePath(formatPath(path))).toEqual(path)
    }),
  )
})

test('reads as far as it can what others write', () => {
  expect(parsePath('cases.a[2].x')).toEqual(['cases', 'a', 2, 'x'])
  expect(parsePath('a["b\\u0041"].c')).toEqual(['a', 'bA', 'c'])
  expect(parsePath('a[')).toEqual(['a'])
})

test('finds own values only', () => {
  expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1)
  expect(valueAt({ a: 1 }, ['constructor'])).toBeUndefined()
  expect(valueAt([], ['length', 'x'])).toBeUndefined()
  expect(valueAt('text', ['length'])).toBeUndefined()
})
