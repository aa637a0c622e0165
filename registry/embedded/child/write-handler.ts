import type { IncomingMessage } from 'node:http'
import { isJsonObject, type JsonObject } from '../../json-value.ts'
import type { RegistryIdentity } from '../protocol.ts'
import { changeDistTag, confirmTarballRemoved, deprecate, unpublishAll, unpublishMissing } from './change.ts'
import { requireAdmin, requirePublisher } from './permission.ts'
import { publish } from './publish.ts'
import { Refusal } from './refusal.ts'
import type { RegistryContext, WriteAnswer } from './registry-context.ts'
import { receiveBody } from './request-body.ts'
import { parseWriteRoute } from './route.ts'

/**
 * Does what a PUT, POST or DELETE asks. Verdaccio never sees these: it would store a version in four steps, and a
 * process killed between them leaves a tarball that blocks the version, or a version without its tag.
 *
 * @throws Refusal with the answer to give
 */
export async function handleWrite(
  context: RegistryContext,
  request: IncomingMessage,
  path: string,
  identity: RegistryIdentity | undefined,
): Promise<WriteAnswer> {
  const route = parseWriteRoute(path)
  switch (route?.type) {
    case 'package':
      if (request.method === 'PUT') return await putPackage(context, request, route.name, identity)
      break
    case 'revision': {
      const admin = requireAdmin(identity)
      if (request.method === 'DELETE') return await unpublishAll(context, admin, route.name, route.revision)
      if (request.method !== 'PUT') break
      const sent = requireObject(await receiveJson(context, request))
      return await unpublishMissing(context, admin, route.name, route.revision, sent)
    }
    case 'tarball':
      if (request.method !== 'DELETE') break
      requireAdmin(identity)
      return await confirmTarballRemoved(context, route.name, route.file)
    case 'distTag': {
      const publisher = requirePublisher(context, identity, route.name)
      const version =
        request.method === 'DELETE' ? undefined : requireVersion(await receiveJson(context, request))
      return await changeDistTag(context, publisher, route.name, route.tag, version)
    }
    default:
  }
  const asked = `${request.method} ${path.slice(0, MAX_SHOWN_PATH_CHARS)}`
  throw new Refusal(404, 'NOT_OFFERED', `This registry does not offer ${asked}.`)
}

const MAX_SHOWN_PATH_CHARS = 200

/** npm publishes and deprecates at the same address; what is different is whether a tarball comes along. */
async function putPackage(
  context: RegistryContext,
  request: IncomingMessage,
  name: string,
  identity: RegistryIdentity | undefined,
): Promise<WriteAnswer> {
  const publisher = requirePublisher(context, identity, name)
  const tarballPath = context.store.scratchPath('.tgz')
  const { json, tarball } = await receiveBody(request, tarballPath, context.maxTarballBytes)
  const packument = requireObject(json)
  if (tarball === undefined) return await deprecate(context, publisher, name, packument)
  return await publish(context, publisher, name, packument, tarball)
}

async function receiveJson(context: RegistryContext, request: IncomingMessage): Promise<unknown> {
  return (await receiveBody(request, context.store.scratchPath('.tgz'), 0)).json
}

function requireObject(json: unknown): JsonObject {
  if (isJsonObject(json)) return json
  throw new Refusal(400, 'BODY_INVALID', 'The body must be a JSON object.')
}

function requireVersion(json: unknown): string {
  if (typeof json === 'string') return json
  throw new Refusal(400, 'BODY_INVALID', 'The body must be a version in quotes.')
}
