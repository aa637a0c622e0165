import { PluginError } from '../errors.ts'
import type { InspectedPackage } from '../inspect/index.ts'
import { describeVersion, type InstallParts } from './parts.ts'

/** Nobody may offer a type under an id that belongs to another installed package. */
export function checkTypeOwners(
  parts: InstallParts,
  { manifest }: InspectedPackage,
  target: { readonly packageName: string; readonly version: string },
): void {
  const taken = manifest.types.flatMap(({ type }) => {
    const owner = parts.catalog.current.ownerOf(type)
    return owner === undefined || owner === target.packageName ? [] : [`${type} (of ${owner})`]
  })
  if (taken.length === 0) return
  throw new PluginError(
    'PLUGIN_TYPE_TAKEN',
    `${describeVersion(target)} offers types that belong to other installed packages: ${taken.join(', ')}.`,
    { hint: 'Uninstall the other package first, or publish these types under ids of their own.' },
  )
}
