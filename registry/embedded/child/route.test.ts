import { expect, test } from 'vitest'
import { parseWriteRoute } from './route.ts'

test.each([
  ['/http', { type: 'package', name: 'http' }],
  ['/@acme%2fhttp', { type: 'package', name: '@acme/http' }],
  ['/@acme%2Fhttp', { type: 'package', name: '@acme/http' }],
  ['/@acme/http', { type: 'package', name: '@acme/http' }],
  ['/@acme%2fhttp/-rev/3-ab', { type: 'revision', name: '@acme/http', revision: '3-ab' }],
  ['/http/-rev/3-ab', { type: 'revision', name: 'http', revision: '3-ab' }],
  ['/@acme/http/-/http-1.0.0.tgz/-rev/3-ab', { type: 'tarball', name: '@acme/http', file: 'http-1.0.0.tgz' }],
  ['/-/package/@acme%2fhttp/dist-tags/beta', { type: 'distTag', name: '@acme/http', tag: 'beta' }],
])('%s', (path, route) => {
  expect(parseWriteRoute(path)).toEqual(route)
})

test.each([
  '/',
  '/-/npm/v1/tokens',
  '/-/package/a/access',
  '/-/package/a/dist-tags',
  '/a/b/c',
  '/-/v1/login',
])('%s is not offered', (path) => {
  expect(parseWriteRoute(path)).toBeUndefined()
})

test.each([
  '/..',
  '/%2e%2e',
  '/..%2f..%2fetc',
  '/@acme/..',
  '/.hidden',
  '/UPPER',
  '/__proto__',
  '/a%00b',
  '/@a%2fb%2fc',
  '/%zz',
])('%s is refused', (path) => {
  expect(() => parseWriteRoute(path)).toThrow(/is not a package name|not valid URI/)
})
