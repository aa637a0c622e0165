import { expect, test } from 'vitest'
import { findNearestName } from './nearest-name.ts'

test.each([
  ['metod', ['method', 'uri'], 'method'],
  ['FORMAT', ['format'], 'format'],
  ['fromat', ['format'], 'format'],
  ['urI', ['uri', 'url'], 'uri'],
  [
    'io.kestra.plugin.core.log.Lgo',
    ['io.kestra.plugin.core.log.Log', 'io.kestra.plugin.core.log.Fetch'],
    'io.kestra.plugin.core.log.Log',
  ],
  ['x', ['method'], undefined],
  ['completely', ['different'], undefined],
  ['a'.repeat(500), ['a'.repeat(500)], undefined],
])('%s among %j is %s', (written, names, nearest) => {
  expect(findNearestName(written, names)).toBe(nearest)
})
