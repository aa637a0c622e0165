import type { RegistryIdentity } from '../protocol.ts'
import { ownedName } from './ownership.ts'
import { Refusal } from './refusal.ts'
import type { RegistryContext } from './registry-context.ts'

export function requireIdentity(identity: RegistryIdentity | undefined): RegistryIdentity {
  if (identity !== undefined) return identity
  throw new Refusal(
    401,
    'NOT_LOGGED_IN',
    'This needs a valid token. Run "npm login" against this registry first.',
  )
}

/** Everything that changes a package: only its owner and admins, and only users who may publish at all. */
export function requirePublisher(
  context: RegistryContext,
  identity: RegistryIdentity | undefined,
  packageName: string,
): RegistryIdentity {
  const publisher = requireIdentity(identity)
  if (!publisher.canPublish && !publisher.isAdmin) {
    throw new Refusal(
      403,
      'PUBLISH_NOT_ALLOWED',
      `The user "${publisher.username}" may not publish packages.`,
    )
  }
  const uplink = context.uplinkNames.uplinkOf(packageName)
  if (uplink !== undefined) {
    throw new Refusal(
      403,
      'NAME_BELONGS_TO_UPLINK',
      `"${packageName}" comes from the registry "${uplink}" and cannot be published here.`,
    )
  }
  requireOwner(context, publisher, packageName)
  return publisher
}

export function requireOwner(
  context: RegistryContext,
  publisher: RegistryIdentity,
  packageName: string,
): void {
  const owner = context.ownership.ownerOf(packageName)
  if (owner === undefined || owner === publisher.username || publisher.isAdmin) return
  throw new Refusal(
    403,
    'NAME_BELONGS_TO_OTHER',
    `"${ownedName(packageName)}" belongs to the user "${owner}"; "${publisher.username}" may not publish under it.`,
  )
}

export function requireAdmin(identity: RegistryIdentity | undefined): RegistryIdentity {
  const admin = requireIdentity(identity)
  if (admin.isAdmin) return admin
  throw new Refusal(
    403,
    'UNPUBLISH_NEEDS_ADMIN',
    'Only administrators may unpublish. Deprecate the version instead: npm deprecate <name>@<version> "<why>".',
  )
}
