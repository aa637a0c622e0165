import { PluginError } from '../errors.ts'
import { saveDistTags } from './dist-tags.ts'
import type { InstallParts } from './parts.ts'

/** What a registry tells: something that is durable there. The embedded registry's own events will do. */
export type PackageEvent =
  | {
      readonly type: 'published'
      readonly name: string
      readonly version: string
      readonly integrity: string
      readonly distTags: Readonly<Record<string, string>>
      /** Where the tarball lies on this machine; without it, it is downloaded. */
      readonly tarballPath?: string
    }
  | {
      readonly type: 'unpublished'
      readonly name: string
      readonly versions: readonly string[]
      readonly distTags: Readonly<Record<string, string>>
    }
  | {
      readonly type: 'distTagsChanged'
      readonly name: string
      readonly distTags: Readonly<Record<string, string>>
    }
  | {
      readonly type: 'deprecated'
      readonly name: string
      /** An empty message takes the deprecation back. */
      readonly versions: readonly { readonly version: string; readonly message: string }[]
    }

/** What became of an event. `ignored`: it concerns nothing that is installed, or no plugin. */
export type EventOutcome =
  | { readonly outcome: 'installed' | 'kept' | 'updated' | 'ignored' }
  | {
      readonly outcome: 'removed'
      readonly versions: readonly string[]
      /** Still used by flows: they stay installed. */
      readonly keptVersions: readonly string[]
    }

/** @returns whether anything changed */
export async function applyDistTags(
  parts: InstallParts,
  packageName: string,
  distTags: Readonly<Record<string, string>>,
): Promise<boolean> {
  const changed = await saveDistTags(parts, packageName, distTags)
  if (changed.length > 0) await parts.catalog.reload(changed)
  return changed.length > 0
}

/** @returns whether anything changed */
export async function applyDeprecations(
  parts: InstallParts,
  packageName: string,
  versions: readonly { readonly version: string; readonly message: string }[],
): Promise<boolean> {
  const messages = new Map(versions.map(({ version, message }) => [version, message]))
  const installed = parts.catalog.current.records.filter(
    (record) => record.packageName === packageName && messages.has(record.version),
  )
  for (const { version } of installed) {
    const message = messages.get(version)
    await parts.repository.saveDeprecation(packageName, version, message === '' ? undefined : message)
  }
  if (installed.length > 0) await parts.catalog.reload(installed)
  return installed.length > 0
}

/** A registry holds other packages too: one without a manifest is none of ours. */
export function isNoPlugin(error: unknown): boolean {
  return error instanceof PluginError && error.code === 'PLUGIN_MANIFEST_MISSING'
}

export function isStillUsed(error: unknown): boolean {
  return error instanceof PluginError && error.code === 'PLUGIN_VERSION_IN_USE'
}
