import type { Principal } from '@pinion/core/identity'
import type { RegistryIdentity, RegistryProcess } from '@pinion/registry'
import type { Context } from 'koa'
import { ServerError } from '../errors.ts'
import { type Mount, SECURITY_HEADERS } from '../http/index.ts'

/** Hands everything below `/registry` to the embedded registry, with who asks. */
export function registryMount(
  registry: RegistryProcess,
  identify: (ctx: Context) => Promise<Principal | undefined>,
): Mount {
  return {
    prefix: '/registry',
    handle: async (ctx) => {
      const principal = await identify(ctx).catch(nobodyIfRejected)
      // The registry writes its answers itself, as npm clients expect them.
      ctx.respond = false
      for (const name of Object.keys(SECURITY_HEADERS)) ctx.res.removeHeader(name)
      await registry.handle(ctx.req, ctx.res, principal && identityOf(principal))
    },
  }
}

function identityOf({ username, role }: Principal): RegistryIdentity {
  return { username, isAdmin: role === 'admin', canPublish: role === 'admin' || role === 'editor' }
}

/** The registry says itself what a wrong or revoked token means, in the words that npm clients show. */
function nobodyIfRejected(error: unknown): undefined {
  if (error instanceof ServerError && error.code === 'AUTH_REJECTED') return undefined
  throw error
}
