import { valid, validRange } from 'semver'
import { parse as parseIntegrity } from 'ssri'
import { isJsonObject, type JsonObject, objectOrEmpty, stringOf } from '../../json-value.ts'
import { MAX_DIST_TAG_CHARS } from '../../limits.ts'
import { Refusal } from './refusal.ts'
import type { ReceivedTarball } from './request-body.ts'

/** A publish as npm sends it, checked for shape and against the bytes that came with it. */
export interface PublishRequest {
  readonly name: string
  readonly version: string
  readonly manifest: JsonObject
  readonly distTags: Readonly<Record<string, string>>
  readonly readme: string
}

/** @throws Refusal 400 with all that is wrong with the request */
export function parsePublishRequest(
  name: string,
  packument: JsonObject,
  tarball: ReceivedTarball,
): PublishRequest {
  const versions = Object.entries(objectOrEmpty(packument['versions']))
  const [only] = versions
  if (versions.length !== 1 || only === undefined || !isJsonObject(only[1])) {
    throw new Refusal(400, 'PUBLISH_INVALID', 'A publish must bring exactly one version.')
  }
  const [version, manifest] = [only[0], only[1]]
  const distTags = objectOrEmpty(packument['dist-tags'])
  const problems = [
    ...identityProblems(name, version, packument, manifest),
    ...distTagProblems(distTags, version),
    ...contentProblems(objectOrEmpty(manifest['dist']), tarball),
  ]
  if (problems.length > 0) throw new Refusal(400, 'PUBLISH_INVALID', problems.join(' '))
  return {
    name,
    version,
    manifest: withoutReadme(manifest),
    distTags: Object.fromEntries(Object.keys(distTags).map((tag) => [tag, version])),
    readme: stringOf(manifest['readme']) ?? stringOf(packument['readme']) ?? '',
  }
}

/** What is wrong with a dist-tag's name; undefined if nothing is. */
export function distTagProblem(tag: string): string | undefined {
  if (tag.length > MAX_DIST_TAG_CHARS || !/^[A-Za-z][\w.-]*$/.test(tag)) {
    return `The dist-tag ${JSON.stringify(tag.slice(0, MAX_DIST_TAG_CHARS))} must begin with a letter and have only letters, digits, "-", "_" and ".".`
  }
  // npm could not tell such a tag from a version: "v1", "x".
  if (validRange(tag) !== null)
    return `The dist-tag "${tag}" reads like a version range; choose another name.`
  return undefined
}

function identityProblems(
  name: string,
  version: string,
  packument: JsonObject,
  manifest: JsonObject,
): readonly string[] {
  const problems: string[] = []
  if (valid(version) !== version)
    problems.push(`${JSON.stringify(version)} is not an exact semantic version.`)
  for (const [where, stated] of [
    ['The packument', packument['name']],
    ['Its version', manifest['name']],
  ] as const) {
    if (stated !== name) problems.push(`${where} names ${JSON.stringify(stated)}, the address "${name}".`)
  }
  if (manifest['version'] !== version) {
    problems.push(`The version ${version} says of itself ${JSON.stringify(manifest['version'])}.`)
  }
  return problems
}

function distTagProblems(distTags: JsonObject, version: string): readonly string[] {
  return Object.entries(distTags).flatMap(([tag, target]) => {
    const problem = distTagProblem(tag)
    if (problem !== undefined) return [problem]
    return target === version
      ? []
      : [`The dist-tag "${tag}" does not point at the published version ${version}.`]
  })
}

/** A packument need not state a digest, but what it states must be so. */
function contentProblems(dist: JsonObject, tarball: ReceivedTarball): readonly string[] {
  const problems: string[] = []
  if (tarball.sizeBytes === 0) problems.push('The tarball is empty.')
  const integrity = dist['integrity']
  if (integrity !== undefined) {
    const stated = typeof integrity === 'string' ? parseIntegrity(integrity) : null
    const digests = stated?.['sha512']?.map((hash) => `sha512-${hash.digest}`) ?? []
    if (!digests.includes(tarball.integrity)) {
      problems.push(
        `The tarball's integrity is ${tarball.integrity}, the packument says ${String(integrity)}.`,
      )
    }
  }
  const shasum = dist['shasum']
  if (shasum !== undefined && shasum !== tarball.shasum) {
    problems.push(`The tarball's shasum is ${tarball.shasum}, the packument says ${String(shasum)}.`)
  }
  return problems
}

function withoutReadme(manifest: JsonObject): JsonObject {
  const { readme: _, ...rest } = manifest
  return rest
}
