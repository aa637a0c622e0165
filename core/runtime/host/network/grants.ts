import type { NetworkPermission } from '@pinion/plugin-sdk/manifest'

/** Ports of a permission that names none. */
const DEFAULT_PORTS: readonly number[] = [80, 443]

export interface Grant {
  /** The permission names this very host, so that it may be a private one. */
  readonly isExplicit: boolean
}

/**
 * Finds what allows a connection. `*.example.com` stands for every name below, not for `example.com` itself. Pure.
 *
 * @param host - as in a URL: lower case, IPv6 in brackets
 */
export function findGrant(
  permissions: readonly NetworkPermission[],
  host: string,
  port: number,
): Grant | undefined {
  let found: Grant | undefined
  for (const permission of permissions) {
    const ports =
      permission.ports === undefined || permission.ports.length === 0 ? DEFAULT_PORTS : permission.ports
    if (!ports.includes(port)) continue
    const pattern = permission.host.toLowerCase()
    if (unbracket(pattern) === unbracket(host)) return { isExplicit: true }
    if (pattern === '*' || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))) {
      found = { isExplicit: false }
    }
  }
  return found
}

export function unbracket(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}
