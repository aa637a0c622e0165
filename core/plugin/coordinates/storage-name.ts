import semver from 'semver'
import { type GroupScopes, isPackageName, splitScope } from './coordinates.ts'

/** Where installed tarballs lie within internal storage. */
export const REPOSITORY_PREFIX = '_plugins/repository'

const SEPARATOR = '__'
/** Stands for an underscore in a group: `_` already stands for its dots, and `=` occurs in no npm name. */
const UNDERSCORE = '=u'

/**
 * `<group>__<artifact>__<version>`, dots of group and version written as `_`:
 * `io_kestra_plugin__plugin-aws__1_0_0`. A scope that no group stands for is written itself, with its `@`; a package
 * without a scope has an empty group. {@link parseStorageName} reads it back.
 *
 * @see the reference's page on versioned plugins: `_plugins/repository`
 */
export function formatStorageName(packageName: string, version: string, groupScopes: GroupScopes): string {
  const { scope, artifact } = splitScope(packageName)
  const group = Object.entries(groupScopes).find(([, mapped]) => mapped === scope)?.[0] ?? scope
  const parts = [
    group.replaceAll('_', UNDERSCORE).replaceAll('.', '_'),
    artifact,
    version.replaceAll('.', '_'),
  ]
  return parts.join(SEPARATOR)
}

/** The package and version that a storage name (without extension) stands for, or undefined for any other text. */
export function parseStorageName(
  name: string,
  groupScopes: GroupScopes,
): { readonly packageName: string; readonly version: string } | undefined {
  const groupEnd = name.indexOf(SEPARATOR)
  const versionStart = name.lastIndexOf(SEPARATOR)
  if (groupEnd === -1 || versionStart < groupEnd + SEPARATOR.length) return undefined
  const group = name.slice(0, groupEnd).replaceAll('_', '.').replaceAll(UNDERSCORE, '_')
  const artifact = name.slice(groupEnd + SEPARATOR.length, versionStart)
  const version = name.slice(versionStart + SEPARATOR.length).replaceAll('_', '.')
  const scope = new Map(Object.entries(groupScopes)).get(group) ?? group
  const packageName = scope === '' ? artifact : `${scope}/${artifact}`
  return isPackageName(packageName) && semver.valid(version) !== null ? { packageName, version } : undefined
}
