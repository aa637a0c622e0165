import type { GrantPermissions } from '@pinion/core/plugin'

/** What reaches beyond the platform's own services and the network: only for plugins that the administrator trusts. */
const GUARDED = ['process', 'wasm'] as const

/**
 * A plugin gets what its manifest asks for, except `process` and `wasm`: those only if its scope is trusted.
 *
 * @param trustedScopes - npm scopes, `@` included
 */
export function grantPermissions(trustedScopes: readonly string[]): GrantPermissions {
  return ({ name, permissions }) => {
    if (trustedScopes.some((scope) => name.startsWith(`${scope}/`))) return permissions
    const granted = { ...permissions }
    for (const guarded of GUARDED) delete granted[guarded]
    return granted
  }
}
