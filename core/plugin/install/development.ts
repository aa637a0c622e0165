import { MANIFEST_PATH } from '@pinion/plugin-sdk/manifest'
import { PluginError } from '../errors.ts'
import { inspectPackage, type OpenTarball } from '../inspect/index.ts'
import type { PluginVersionRecord } from '../repository.ts'
import { checkTypeOwners } from './check-type-owners.ts'
import { describeVersion, type InstallParts } from './parts.ts'
import { replaceVersion } from './replace-version.ts'

/** The `repository` of a version whose author is still writing it: the only kind whose code may change. */
export const DEVELOPMENT = 'development'

/** A build as `pinion plugin dev` sends it. */
export interface DevelopmentBuild {
  /** JSON text of the manifest. */
  readonly manifest: string
  readonly bundle: string
  readonly sourceMap: string
}

export interface DevelopmentOutcome {
  readonly record: PluginVersionRecord
  /** Frees the build before it, once the attempts on it have ended. */
  free(): Promise<void>
}

/**
 * Makes a build live under its own name and version, for everybody who asks for that version or a newer one, until the next
 * build, the published version, or the end of the session takes its place.
 *
 * @throws PluginError what inspecting and activating throw; `PLUGIN_VERSION_CONFLICT` if that version is published already
 */
export async function installDevelopment(
  parts: InstallParts,
  build: DevelopmentBuild,
): Promise<DevelopmentOutcome> {
  const inspected = await inspectPackage(openBuild(build), 'the build')
  const { manifest } = inspected
  const target = { packageName: manifest.name, version: manifest.version }
  checkTypeOwners(parts, inspected, target)
  const existing = await parts.repository.find(target.packageName, target.version)
  if (existing !== undefined && existing.repository !== DEVELOPMENT) throw published(existing)
  const previous = parts.catalog.current.records.filter(
    ({ packageName }) => packageName === target.packageName,
  )
  const record: PluginVersionRecord = {
    ...target,
    integrity: manifest.bundle.sha512,
    state: 'ACTIVE',
    repository: DEVELOPMENT,
    manifest,
    grantedPermissions: parts.grantPermissions(manifest, previous),
    installedAtMs: parts.nowMs(),
    distTags: [],
  }
  return { record, free: await replaceVersion(parts, record, inspected, existing) }
}

/** Reads a build as if it were a package. */
function openBuild({ manifest, bundle, sourceMap }: DevelopmentBuild): OpenTarball {
  const files = new Map([
    [MANIFEST_PATH, Buffer.from(manifest)],
    ['package.json', Buffer.from(manifest)],
    ['dist/bundle.js', Buffer.from(bundle)],
    ['dist/bundle.mjs', Buffer.from(bundle)],
    ['dist/bundle.js.map', Buffer.from(sourceMap)],
    ['dist/bundle.mjs.map', Buffer.from(sourceMap)],
  ])
  return async (_path, { wanted }) => ({
    files: new Map([...files].filter(([path, { length }]) => length <= (wanted(path) ?? -1))),
  })
}

function published(record: PluginVersionRecord): PluginError {
  return new PluginError(
    'PLUGIN_VERSION_CONFLICT',
    `${describeVersion(record)} is published already (${record.repository}): a published version never changes.`,
    { hint: 'Raise the version in package.json to go on developing.' },
  )
}
