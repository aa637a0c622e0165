import { describe, expect, test } from 'vitest'
import { isOrdinaryAddress, isPublicAddress } from './addresses.ts'
import { findGrant } from './grants.ts'

describe('network permissions', () => {
  test.each([
    ['api.example.com', [], 'api.example.com', 443, { reach: 'any' }],
    ['API.example.com', [], 'api.example.com', 80, { reach: 'any' }],
    ['api.example.com', [], 'api.example.com', 8080, undefined],
    ['api.example.com', [8080], 'api.example.com', 8080, { reach: 'any' }],
    ['api.example.com', [8080], 'api.example.com', 443, undefined],
    ['*.example.com', [], 'a.b.example.com', 443, { reach: 'public' }],
    ['*.example.com', [], 'example.com', 443, undefined],
    ['*.example.com', [], 'badexample.com', 443, undefined],
    ['*.example.com', [], 'example.com.evil.org', 443, undefined],
    ['*', [], 'anything.at.all', 443, { reach: 'public' }],
    ['*', [], 'anything.at.all', 8080, { reach: 'public' }],
    ['*', [8080], 'anything.at.all', 443, undefined],
    ['::1', [80], '[::1]', 80, { reach: 'any' }],
  ])('%s %j for %s:%i', (pattern, ports, host, port, grant) => {
    expect(findGrant([{ host: pattern, ports }], host, port)).toEqual(grant)
  })

  test('a host’s own name counts, also beside a star', () => {
    const permissions = [{ host: '*' }, { host: 'localhost' }]
    expect(findGrant(permissions, 'localhost', 80)).toEqual({ reach: 'any' })
  })
})

test('a pattern reaches private addresses only where it says so', () => {
  expect(findGrant([{ host: '*', private: true }], 'intranet', 8080)).toEqual({ reach: 'private' })
  expect(findGrant([{ host: '*', private: true }, { host: '*' }], 'intranet', 80)).toEqual({
    reach: 'private',
  })
  expect(findGrant([{ host: '*.corp', private: true }, { host: '*' }], 'example.com', 80)).toEqual({
    reach: 'public',
  })
})

describe('addresses', () => {
  test.each(['93.184.216.34', '1.1.1.1', '172.32.0.1', '2606:2800:220:1::1'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  test.each([
    ...[
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
    ],
    ...[
      '255.255.255.255',
      '::',
      '::1',
      '::ffff:10.0.0.1',
      '::127.0.0.1',
      'fe80::1',
      'fd00::1',
      '64:ff9b::7f00:1',
    ],
    ...['2002:7f00:1::', 'ff02::1', 'localhost', ''],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })
})

test.each(['1.1.1.1', '10.1.2.3', '127.0.0.1', '::1', 'fd12::1', '2606:2800:220:1::1'])(
  '%s is ordinary',
  (address) => {
    expect(isOrdinaryAddress(address)).toBe(true)
  },
)

test.each([
  '169.254.169.254',
  'fe80::1',
  'fd00:ec2::254',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '::7f00:1',
  'localhost',
  '',
])('%s is never reached by a pattern', (address) => {
  expect(isOrdinaryAddress(address)).toBe(false)
})
