import { randomBytes } from 'node:crypto'
import { rcompare } from 'semver'
import { isJsonObject, type JsonObject, objectOrEmpty, stringOf, stringRecord } from '../../json-value.ts'
import { MAX_README_CHARS } from '../../limits.ts'
import { tarballFileName } from './layout.ts'

/** A packument as it lies on the disk: the registry protocol's fields and the bookkeeping that Verdaccio expects. */
export interface StoredPackument {
  readonly _id: string
  /** `counter-random`; a change that was made from an older one is refused. */
  readonly _rev: string
  readonly name: string
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, JsonObject>>
  /** ISO 8601, by version; also `created` and `modified`. */
  readonly time: Readonly<Record<string, string>>
  readonly readme: string
  readonly users: JsonObject
  readonly _uplinks: JsonObject
  readonly _distfiles: JsonObject
  readonly _attachments: Readonly<Record<string, { readonly shasum: string; readonly version: string }>>
}

export interface NewVersion {
  readonly version: string
  readonly manifest: JsonObject
  readonly distTags: Readonly<Record<string, string>>
  readonly readme: string
  /** Hexadecimal sha1, which old clients and Verdaccio's attachment list still use. */
  readonly shasum: string
  /** `sha512-…` */
  readonly integrity: string
  readonly publishedAtMs: number
}

export function emptyPackument(name: string): StoredPackument {
  return {
    _id: name,
    _rev: '0-0',
    name,
    'dist-tags': {},
    versions: {},
    time: {},
    readme: '',
    users: {},
    _uplinks: {},
    _distfiles: {},
    _attachments: {},
  }
}

/** @throws SyntaxError if the text is not the JSON of a packument */
export function parsePackument(text: string): StoredPackument {
  const value: unknown = JSON.parse(text)
  if (!isJsonObject(value) || typeof value['name'] !== 'string')
    throw new SyntaxError('This is no packument.')
  const versions = Object.entries(objectOrEmpty(value['versions'])).filter(
    (entry): entry is [string, JsonObject] => isJsonObject(entry[1]),
  )
  return {
    _id: stringOf(value['_id']) ?? value['name'],
    _rev: stringOf(value['_rev']) ?? '0-0',
    name: value['name'],
    'dist-tags': stringRecord(value['dist-tags']),
    versions: Object.fromEntries(versions),
    time: stringRecord(value['time']),
    readme: stringOf(value['readme']) ?? '',
    users: objectOrEmpty(value['users']),
    _uplinks: objectOrEmpty(value['_uplinks']),
    _distfiles: objectOrEmpty(value['_distfiles']),
    _attachments: attachmentsOf(value['_attachments']),
  }
}

/** Adds a version with its tags. Fields of the manifest that only the registry may say are overwritten. */
export function withVersion(packument: StoredPackument, added: NewVersion): StoredPackument {
  const fileName = tarballFileName(packument.name, added.version)
  const publishedAt = new Date(added.publishedAtMs).toISOString()
  const manifest: JsonObject = {
    ...added.manifest,
    dist: {
      ...objectOrEmpty(added.manifest['dist']),
      integrity: added.integrity,
      shasum: added.shasum,
      // Verdaccio puts the host in front that the reader came by; it needs the file's name only.
      tarball: `http://localhost/${packument.name}/-/${fileName}`,
    },
  }
  const tags = { ...packument['dist-tags'], ...added.distTags }
  return {
    ...revised(packument),
    // As npm's own registry does: the first version is also the latest, whatever tag it was published with.
    'dist-tags': { latest: added.version, ...tags },
    versions: { ...packument.versions, [added.version]: manifest },
    time: {
      created: publishedAt,
      ...packument.time,
      modified: publishedAt,
      [added.version]: publishedAt,
    },
    readme: (added.readme === '' ? packument.readme : added.readme).slice(0, MAX_README_CHARS),
    _attachments: {
      ...packument._attachments,
      [fileName]: { shasum: added.shasum, version: added.version },
    },
  }
}

/** Takes versions out. Tags that pointed at one go too; `latest` moves to the highest that is left. */
export function withoutVersions(packument: StoredPackument, removed: ReadonlySet<string>): StoredPackument {
  const isKept = ([key]: [string, unknown]): boolean => !removed.has(key)
  const versions = Object.fromEntries(Object.entries(packument.versions).filter(isKept))
  const tags = Object.fromEntries(
    Object.entries(packument['dist-tags']).filter(([, version]) => !removed.has(version)),
  )
  const latest = tags['latest'] ?? highestVersion(Object.keys(versions))
  return {
    ...revised(packument),
    versions,
    'dist-tags': latest === undefined ? tags : { ...tags, latest },
    time: { ...Object.fromEntries(Object.entries(packument.time).filter(isKept)), modified: now() },
    _attachments: Object.fromEntries(
      Object.entries(packument._attachments).filter(([, attachment]) => !removed.has(attachment.version)),
    ),
  }
}

/** @param messages - by version; an empty message takes the deprecation back */
export function withDeprecations(
  packument: StoredPackument,
  messages: ReadonlyMap<string, string>,
): StoredPackument {
  const versions = Object.entries(packument.versions).map(([version, manifest]) => {
    const message = messages.get(version)
    if (message === undefined) return [version, manifest]
    const { deprecated: _, ...rest } = manifest
    return [version, message === '' ? rest : { ...rest, deprecated: message }]
  })
  return {
    ...revised(packument),
    versions: Object.fromEntries(versions),
    time: { ...packument.time, modified: now() },
  }
}

export function withDistTags(
  packument: StoredPackument,
  distTags: Readonly<Record<string, string>>,
): StoredPackument {
  return {
    ...revised(packument),
    'dist-tags': distTags,
    time: { ...packument.time, modified: now() },
  }
}

/** The highest release; the highest pre-release if there is no release. */
export function highestVersion(versions: readonly string[]): string | undefined {
  const sorted = versions.toSorted(rcompare)
  return sorted.find((version) => !version.includes('-')) ?? sorted[0]
}

function revised(packument: StoredPackument): StoredPackument {
  const counter = Number.parseInt(packument._rev, 10)
  return {
    ...packument,
    _rev: `${(Number.isNaN(counter) ? 0 : counter) + 1}-${randomBytes(8).toString('hex')}`,
  }
}

function attachmentsOf(value: unknown): StoredPackument['_attachments'] {
  const attachments: Record<string, { shasum: string; version: string }> = {}
  for (const [fileName, attachment] of Object.entries(objectOrEmpty(value))) {
    const { shasum, version } = objectOrEmpty(attachment)
    if (typeof shasum === 'string' && typeof version === 'string') attachments[fileName] = { shasum, version }
  }
  return attachments
}

function now(): string {
  return new Date().toISOString()
}
