import type { NetworkPermission } from '@pinion/plugin-sdk/manifest'

/** Ports of a permission that names none. */
const DEFAULT_PORTS: readonly number[] = [80, 443]

/**
 * Which addresses a grant reaches: `any` where the permission names this very host, `private` where it says so, otherwise
 * `public`. */
export interface Grant {
  readonly reach: 'public' | 'private' | 'any'
}

/**
 * Finds what allows a connection: the farthest reach among the permissions that fit. A lone `*` means every port. `*.example.com` stands for every name below, not for `example.com` itself. Pure.
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
    const pattern = permission.host.toLowerCase()
    if (!allowsPort(permission, pattern, port)) continue
    if (unbracket(pattern) === unbracket(host)) return { reach: 'any' }
    if (pattern !== '*' && !(pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))) continue
    if (permission.private === true) found = { reach: 'private' }
    else found ??= { reach: 'public' }
  }
  return found
}

function allowsPort({ ports }: NetworkPermission, pattern: string, port: number): boolean {
  if (ports !== undefined && ports.length > 0) return ports.includes(port)
  return pattern === '*' || DEFAULT_PORTS.includes(port)
}

export function unbracket(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
}
