import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  emptyPackument,
  highestVersion,
  parsePackument,
  type StoredPackument,
  withDeprecations,
  withoutVersions,
  withVersion,
} from './packument.ts'

const version = fc
  .tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.constantFrom('', '-beta.1', '-rc.2'))
  .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre}`)
const versions = fc.uniqueArray(version, { minLength: 1, maxLength: 12 })

function publishAll(all: readonly string[], tag = 'latest'): StoredPackument {
  return all.reduce(
    (packument, each) =>
      withVersion(packument, {
        version: each,
        manifest: { name: '@acme/a', version: each },
        distTags: { [tag]: each },
        readme: '',
        shasum: 'aa',
        integrity: 'sha512-x',
        publishedAtMs: 0,
      }),
    emptyPackument('@acme/a'),
  )
}

describe('a packument', () => {
  test('is the same after it was stored and read', () => {
    fc.assert(
      fc.property(versions, (all) => {
        const packument = publishAll(all)
        expect(parsePackument(JSON.stringify(packument))).toEqual(packument)
      }),
    )
  })

  test('never has a dist-tag that points nowhere, and keeps "latest" as long as a version is left', () => {
    fc.assert(
      fc.property(versions, fc.array(version), fc.constantFrom('latest', 'next'), (all, removed, tag) => {
        const packument = withoutVersions(publishAll(all, tag), new Set(removed))
        const left = Object.keys(packument.versions)
        for (const target of Object.values(packument['dist-tags'])) expect(left).toContain(target)
        expect('latest' in packument['dist-tags']).toBe(left.length > 0)
        expect(Object.keys(packument._attachments)).toHaveLength(left.length)
      }),
    )
  })

  test('gets a new revision with every change', () => {
    const first = publishAll(['1.0.0'])
    const second = withDeprecations(first, new Map([['1.0.0', 'old']]))
    expect(second._rev).not.toBe(first._rev)
    expect(second._rev.startsWith('2-')).toBe(true)
  })

  test('forgets a deprecation whose message is empty', () => {
    const deprecated = withDeprecations(publishAll(['1.0.0']), new Map([['1.0.0', 'old']]))
    expect(deprecated.versions['1.0.0']).toHaveProperty('deprecated', 'old')
    const restored = withDeprecations(deprecated, new Map([['1.0.0', '']]))
    expect(restored.versions['1.0.0']).not.toHaveProperty('deprecated')
  })
})

test.each([
  [['1.0.0', '2.0.0-rc.1', '1.10.0', '1.9.0'], '1.10.0'],
  [['2.0.0-rc.1', '2.0.0-rc.10'], '2.0.0-rc.10'],
  [[], undefined],
])('the highest of %j is %s', (all, highest) => {
  expect(highestVersion(all)).toBe(highest)
})
