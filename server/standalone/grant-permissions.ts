import type { GrantPermissions } from '@pinion/core/plugin'
import type { NetworkPermission } from '@pinion/plugin-sdk/manifest'

/** What reaches beyond the platform's own services and the network: only for plugins that the administrator trusts. */
const GUARDED = ['process', 'wasm'] as const

/**
 * A plugin gets what its manifest asks for, except `process`, `wasm` and private addresses by a pattern: those only if its
 * scope is trusted.
 *
 * @param trustedScopes - npm scopes, `@` included
 */
export function grantPermissions(trustedScopes: readonly string[]): GrantPermissions {
  return ({ name, permissions }) => {
    if (trustedScopes.some((scope) => name.startsWith(`${scope}/`))) return permissions
    const granted = {
      ...permissions,
      ...(permissions.network === undefined ? {} : { network: permissions.network.map(withinPublic) }),
      ...(permissions.sockets === undefined ? {} : { sockets: permissions.sockets.map(withinPublic) }),
    }
    for (const guarded of GUARDED) delete granted[guarded]
    return granted
  }
}

function withinPublic({ private: _, ...permission }: NetworkPermission): NetworkPermission {
  return permission
}
