import { describe, expect, test } from 'vitest'
import { isPublicAddress } from './addresses.ts'
import { findGrant } from './grants.ts'

describe('network permissions', () => {
  test.each([
    ['api.example.com', [], 'api.example.com', 443, { isExplicit: true }],
    ['API.example.com', [], 'api.example.com', 80, { isExplicit: true }],
    ['api.example.com', [], 'api.example.com', 8080, undefined],
    ['api.example.com', [8080], 'api.example.com', 8080, { isExplicit: true }],
    ['api.example.com', [8080], 'api.example.com', 443, undefined],
    ['*.example.com', [], 'a.b.example.com', 443, { isExplicit: false }],
    ['*.example.com', [], 'example.com', 443, undefined],
    ['*.example.com', [], 'badexample.com', 443, undefined],
    ['*.example.com', [], 'example.com.evil.org', 443, undefined],
    ['*', [], 'anything.at.all', 443, { isExplicit: false }],
    ['::1', [80], '[::1]', 80, { isExplicit: true }],
  ])('%s %j for %s:%i', (pattern, ports, host, port, grant) => {
    expect(findGrant([{ host: pattern, ports }], host, port)).toEqual(grant)
  })

  test('a host’s own name counts, also beside a star', () => {
    const permissions = [{ host: '*' }, { host: 'localhost' }]
    expect(findGrant(permissions, 'localhost', 80)).toEqual({ isExplicit: true })
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
