import { PluginError } from '../errors.ts'
import type { PluginVersionRecord } from '../repository.ts'
import { findNearestName } from '../schema/index.ts'

/** A package that is known to offer a type without being installed, such as from the registry's index. In memory. */
export type FindOffering = (
  type: string,
) => { readonly packageName: string; readonly version?: string } | undefined

interface KnownNames {
  readonly records: readonly PluginVersionRecord[]
  listNames(): Iterable<string>
}

/** Says what is missing and what to do: a version that is not active, a package to install, or a name nearby. */
export function explainUnknownType(type: string, known: KnownNames, findOffering: FindOffering): PluginError {
  return new PluginError('PLUGIN_TYPE_UNKNOWN', `No installed plugin offers the type ${type}.`, {
    hint:
      hintOfInactive(type, known.records) ??
      hintOfPackage(findOffering(type)) ??
      hintOfSpelling(type, known.listNames()) ??
      hintOfGroup(type, known.records) ??
      'Install the package that offers it: pinion plugins install NAME@VERSION.',
  })
}

function hintOfInactive(type: string, records: readonly PluginVersionRecord[]): string | undefined {
  const record = records.find(
    ({ state, manifest }) =>
      state !== 'ACTIVE' &&
      manifest.types.some((known) => known.type === type || known.aliases.includes(type)),
  )
  if (record === undefined) return undefined
  const coordinate = `${record.packageName}@${record.version}`
  const because = record.reason === undefined ? '' : ` (${record.reason})`
  return record.state === 'STAGED'
    ? `${coordinate} offers it and is being activated; try again in a moment.`
    : `${coordinate} offers it but is ${record.state}${because}. Run: pinion plugins install ${coordinate}`
}

function hintOfPackage(offering: ReturnType<FindOffering>): string | undefined {
  if (offering === undefined) return undefined
  const { packageName, version = 'LATEST' } = offering
  return `The package ${packageName} offers it but is not installed. Run: pinion plugins install ${packageName}@${version}`
}

function hintOfSpelling(type: string, names: Iterable<string>): string | undefined {
  const nearest = findNearestName(type, names)
  return nearest === undefined ? undefined : `Did you mean ${nearest}?`
}

function hintOfGroup(type: string, records: readonly PluginVersionRecord[]): string | undefined {
  const record = records.find(({ manifest }) => type.startsWith(`${manifest.group}.`))
  return record === undefined
    ? undefined
    : `${record.packageName} offers ${record.manifest.group} but no such type in its installed versions; ` +
        `a newer one may have it. Run: pinion plugins install ${record.packageName}@LATEST`
}
