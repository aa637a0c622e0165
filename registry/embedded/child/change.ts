import { isJsonObject, type JsonObject, objectOrEmpty } from '../../json-value.ts'
import type { RegistryIdentity } from '../protocol.ts'
import { tarballFileName } from '../storage/layout.ts'
import {
  type StoredPackument,
  withDeprecations,
  withDistTags,
  withoutVersions,
} from '../storage/packument.ts'
import { distTagProblem } from './publish-request.ts'
import { Refusal } from './refusal.ts'
import { created, type RegistryContext, type WriteAnswer } from './registry-context.ts'

/**
 * Deprecates, or takes deprecations back. npm sends the whole packument as it read it, changed; only the messages are
 * taken from it, because everything else in it may be older than what is stored.
 */
export async function deprecate(
  context: RegistryContext,
  publisher: RegistryIdentity,
  name: string,
  sent: JsonObject,
): Promise<WriteAnswer> {
  return await context.locks.hold(name, async () => {
    const packument = await readExisting(context, name)
    const messages = changedDeprecations(packument, sent)
    if (messages.size === 0) {
      throw new Refusal(
        400,
        'CHANGE_UNKNOWN',
        'The request changes nothing that this registry can change. Owners are set by scope, not by package.',
      )
    }
    await context.store.replace(withDeprecations(packument, messages))
    await context.tell({
      type: 'deprecated',
      name,
      versions: Array.from(messages, ([version, message]) => ({ version, message })),
      user: publisher.username,
    })
    return created('package changed')
  })
}

/**
 * Takes the versions out that the sent packument lacks. It must have been made from the stored revision: otherwise a
 * version published in between would count as removed.
 */
export async function unpublishMissing(
  context: RegistryContext,
  admin: RegistryIdentity,
  name: string,
  revision: string,
  sent: JsonObject,
): Promise<WriteAnswer> {
  return await context.locks.hold(name, async () => {
    const packument = await readExisting(context, name)
    requireRevision(packument, revision)
    const kept = objectOrEmpty(sent['versions'])
    const removed = Object.keys(packument.versions).filter((version) => !Object.hasOwn(kept, version))
    if (removed.length === 0) throw new Refusal(400, 'CHANGE_UNKNOWN', 'The request removes no version.')
    await unpublish(context, admin, packument, removed)
    return created('package changed')
  })
}

export async function unpublishAll(
  context: RegistryContext,
  admin: RegistryIdentity,
  name: string,
  revision: string,
): Promise<WriteAnswer> {
  return await context.locks.hold(name, async () => {
    const packument = await readExisting(context, name)
    requireRevision(packument, revision)
    await unpublish(context, admin, packument, Object.keys(packument.versions))
    return created('package removed')
  })
}

/** npm removes a version first and then asks for its tarball to be removed: by then it is gone already. */
export async function confirmTarballRemoved(
  context: RegistryContext,
  name: string,
  file: string,
): Promise<WriteAnswer> {
  const packument = await context.store.read(name)
  if (packument !== undefined && Object.hasOwn(packument._attachments, file)) {
    throw new Refusal(
      409,
      'TARBALL_IN_USE',
      `${file} belongs to a published version; unpublish that version.`,
    )
  }
  return created('tarball removed')
}

export async function changeDistTag(
  context: RegistryContext,
  publisher: RegistryIdentity,
  name: string,
  tag: string,
  version: string | undefined,
): Promise<WriteAnswer> {
  const problem = distTagProblem(tag)
  if (problem !== undefined) throw new Refusal(400, 'DIST_TAG_INVALID', problem)
  return await context.locks.hold(name, async () => {
    const packument = await readExisting(context, name)
    const { [tag]: before, ...others } = packument['dist-tags']
    if (version === undefined) {
      if (before === undefined)
        throw new Refusal(404, 'DIST_TAG_UNKNOWN', `${name} has no dist-tag "${tag}".`)
      if (tag === 'latest') {
        throw new Refusal(400, 'DIST_TAG_NEEDED', 'The dist-tag "latest" can be moved, not removed.')
      }
    } else if (!Object.hasOwn(packument.versions, version)) {
      throw new Refusal(404, 'VERSION_UNKNOWN', `${name} has no version ${JSON.stringify(version)}.`)
    }
    const distTags = version === undefined ? others : { ...others, [tag]: version }
    await context.store.replace(withDistTags(packument, distTags))
    await context.tell({ type: 'distTagsChanged', name, distTags, user: publisher.username })
    return created(version === undefined ? 'tag removed' : 'package tagged')
  })
}

/** Tombstones first: a version that is gone must never be publishable again, whenever the process dies. */
async function unpublish(
  context: RegistryContext,
  admin: RegistryIdentity,
  packument: StoredPackument,
  versions: readonly string[],
): Promise<void> {
  const { name } = packument
  const decisions = await context.mayUnpublish(versions.map((version) => ({ name, version })))
  const refused = decisions.flatMap((decision, index) =>
    decision.allowed ? [] : [`${name}@${versions[index]}: ${decision.reason ?? 'not allowed'}`],
  )
  if (refused.length > 0 || decisions.length !== versions.length) {
    throw new Refusal(403, 'UNPUBLISH_REFUSED', `Nothing was unpublished. ${refused.join('; ')}`)
  }
  const rest = withoutVersions(packument, new Set(versions))
  await context.tombstones.add(name, versions, admin.username)
  if (Object.keys(rest.versions).length === 0) await context.store.removePackage(name)
  else {
    await context.store.replace(rest)
    await context.store.removeTarballs(
      name,
      versions.map((version) => tarballFileName(name, version)),
    )
  }
  await context.tell({
    type: 'unpublished',
    name,
    versions,
    distTags: rest['dist-tags'],
    user: admin.username,
  })
}

async function readExisting(context: RegistryContext, name: string): Promise<StoredPackument> {
  const packument = await context.store.read(name)
  if (packument === undefined) throw new Refusal(404, 'PACKAGE_UNKNOWN', `There is no package "${name}".`)
  return packument
}

function requireRevision(packument: StoredPackument, revision: string): void {
  if (packument._rev === revision) return
  throw new Refusal(
    409,
    'REVISION_OUTDATED',
    `${packument.name} was changed by somebody else meanwhile. Try again.`,
  )
}

function changedDeprecations(packument: StoredPackument, sent: JsonObject): ReadonlyMap<string, string> {
  const messages = new Map<string, string>()
  for (const [version, manifest] of Object.entries(objectOrEmpty(sent['versions']))) {
    const stored = packument.versions[version]
    if (stored === undefined || !isJsonObject(manifest)) continue
    const before = stored['deprecated'] ?? ''
    const after = manifest['deprecated'] ?? ''
    if (typeof after === 'string' && after !== before) messages.set(version, after)
  }
  return messages
}
