import { BlockList, isIP } from 'node:net'

/**
 * Addresses that are not the public internet: IANA's special-purpose registries (RFC 6890 and later), among them
 * loopback, private networks, link-local with the clouds' metadata services, and the IPv6 forms that embed IPv4.
 */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

// Two lists: one would hold every IPv4 address to be special, since `::ffff:0:0/96` embeds them all.
const specialIpv4 = new BlockList()
for (const [network, prefix] of SPECIAL_IPV4) specialIpv4.addSubnet(network, prefix, 'ipv4')
const specialIpv6 = new BlockList()
for (const [network, prefix] of SPECIAL_IPV6) specialIpv6.addSubnet(network, prefix, 'ipv6')

const linkLocal = new BlockList()
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4')
linkLocal.addSubnet('fe80::', 10, 'ipv6')
// Where one cloud's metadata service answers over IPv6.
linkLocal.addAddress('fd00:ec2::254', 'ipv6')
const embedsIpv4 = new BlockList()
for (const network of ['::ffff:0:0', '64:ff9b::', '::'] as const) embedsIpv4.addSubnet(network, 96, 'ipv6')

/**
 * Whether an address is one that a plugin inside a private network may be sent to: public, private or loopback, but not
 * link-local, and not an IPv6 form that hides an IPv4 address. The loopback `::1` is.
 */
export function isOrdinaryAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !linkLocal.check(address, 'ipv4')
    case 6:
      return address === '::1' || !(linkLocal.check(address, 'ipv6') || embedsIpv4.check(address, 'ipv6'))
    default:
      return false
  }
}

/** @returns false also for what is not an IP address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !specialIpv4.check(address, 'ipv4')
    case 6:
      return !specialIpv6.check(address, 'ipv6')
    default:
      return false
  }
}
