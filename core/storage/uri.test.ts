import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePath } from './path.ts'
import { formatStorageUri, parseStorageUri } from './uri.ts'

describe('A storage URI', () => {
  test('names a path below kestra:///', () => {
    expect(parseStorageUri('kestra:///company/team/file.csv')).toBe('company/team/file.csv')
    expect(parseStorageUri('kestra:///a%20b/%F0%9F%98%80')).toBe('a b/😀')
    expect(formatStorageUri('a b/ü#?.csv')).toBe('kestra:///a%20b/%C3%BC%23%3F.csv')
  })

  test.for([
    '',
    'file:///etc/passwd',
    'nsfile:///a',
    'kestra://host/a',
    'kestra:/a',
    'KESTRA:///a',
    'kestra:///a?b',
    'kestra:///a#b',
    'kestra:///a%2Fb',
    'kestra:///%',
    'kestra:///%ff',
  ])('%j is none', (text) => {
    expect(() => parseStorageUri(text)).toThrow(expect.objectContaining({ code: 'STORAGE_URI_INVALID' }))
  })

  test.for([
    'kestra:///',
    'kestra:////a',
    'kestra:///a/../b',
    'kestra:///%2e%2e/a',
    'kestra:///a/%00',
    'kestra:///.x',
  ])('%j decodes to a path that is refused', (text) => {
    expect(() => parseStorageUri(text)).toThrow(expect.objectContaining({ code: 'STORAGE_PATH_INVALID' }))
  })

  test('every good path comes back from its URI', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (path) => {
        fc.pre(isGood(path))
        expect(parseStorageUri(formatStorageUri(path))).toBe(path)
      }),
    )
  })

  test('whatever is parsed is a good path, or an error of this room', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (rest) => {
        try {
          expect(isGood(parseStorageUri(`kestra:///${rest}`))).toBe(true)
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^STORAGE_(URI|PATH)_INVALID$/) })
        }
      }),
    )
  })
})

function isGood(path: string): boolean {
  try {
    parsePath(path)
    return true
  } catch {
    return false
  }
}
