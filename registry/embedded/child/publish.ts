import { rm } from 'node:fs/promises'
import type { JsonObject } from '../../json-value.ts'
import { MAX_VERSIONS_PER_PACKAGE } from '../../limits.ts'
import type { RegistryIdentity } from '../protocol.ts'
import { tarballFileName } from '../storage/layout.ts'
import { emptyPackument, type StoredPackument, withVersion } from '../storage/packument.ts'
import { requireOwner } from './permission.ts'
import { type PublishRequest, parsePublishRequest } from './publish-request.ts'
import { Refusal } from './refusal.ts'
import { created, type RegistryContext, type WriteAnswer } from './registry-context.ts'
import type { ReceivedTarball } from './request-body.ts'
import { checkTarball } from './tarball-check.ts'

/**
 * Publishes one version. Everything that takes time (receiving, unpacking, inspecting) is done before the package is
 * locked; under the lock it is decided again whether the version is still free, and stored in one step.
 */
export async function publish(
  context: RegistryContext,
  publisher: RegistryIdentity,
  name: string,
  packument: JsonObject,
  tarball: ReceivedTarball,
): Promise<WriteAnswer> {
  try {
    const request = parsePublishRequest(name, packument, tarball)
    await refuseIfTaken(context, request.name, request.version, await context.store.read(name))
    await checkTarball(tarball.path, name, request.version)
    const problems = await context.inspector?.problemsOf({
      path: tarball.path,
      name,
      version: request.version,
      packument,
    })
    if (problems !== undefined && problems.length > 0) {
      throw new Refusal(400, 'PACKAGE_REJECTED', listProblems(request, problems))
    }
    return await context.locks.hold(name, () => store(context, publisher, request, tarball))
  } finally {
    await rm(tarball.path, { force: true })
  }
}

async function store(
  context: RegistryContext,
  publisher: RegistryIdentity,
  request: PublishRequest,
  tarball: ReceivedTarball,
): Promise<WriteAnswer> {
  const { name, version } = request
  const current = await context.store.read(name)
  await refuseIfTaken(context, name, version, current)
  // Two users may publish the first packages of one scope at once: whoever did not get the claim is refused here.
  await context.ownership.claim(name, publisher.username)
  requireOwner(context, publisher, name)

  const next = withVersion(current ?? emptyPackument(name), {
    ...request,
    shasum: tarball.shasum,
    integrity: tarball.integrity,
    publishedAtMs: Date.now(),
  })
  const file = tarballFileName(name, version)
  const tarballPath = await context.store.addVersion(next, tarball.path, file, current === undefined)
  await context.tell({
    type: 'published',
    name,
    version,
    integrity: tarball.integrity,
    distTags: next['dist-tags'],
    tarballPath,
    user: publisher.username,
  })
  return created('created new package version')
}

async function refuseIfTaken(
  context: RegistryContext,
  name: string,
  version: string,
  packument: StoredPackument | undefined,
): Promise<void> {
  const versions = packument?.versions ?? {}
  if (Object.hasOwn(versions, version)) {
    throw new Refusal(
      409,
      'VERSION_EXISTS',
      `${name}@${version} is already published and can never be overwritten. Raise the version and publish again.`,
    )
  }
  if ((await context.tombstones.versionsOf(name)).has(version)) {
    throw new Refusal(
      409,
      'VERSION_WAS_UNPUBLISHED',
      `${name}@${version} was published before and then unpublished; its number cannot be used again. Raise the version.`,
    )
  }
  if (Object.keys(versions).length >= MAX_VERSIONS_PER_PACKAGE) {
    throw new Refusal(
      403,
      'TOO_MANY_VERSIONS',
      `${name} has ${MAX_VERSIONS_PER_PACKAGE} versions, the most a package may have.`,
    )
  }
}

function listProblems(request: PublishRequest, problems: readonly string[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return `${request.name}@${request.version} was not published, it has ${count}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`
}
