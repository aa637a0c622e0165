import type { PluginKind } from '@pinion/plugin-sdk/manifest'
import { PluginError } from '../errors.ts'
import type { PluginVersionRecord } from '../repository.ts'
import type { CatalogSnapshot, ResolvedType, VersionChoice, VersionRequest } from '../resolved-type.ts'
import { resolveVersion } from '../version/index.ts'
import type { InstalledVersion } from './installed-version.ts'
import { indexOffers, type Offer } from './offers.ts'
import type { TypePolicy } from './type-policy.ts'
import { explainUnknownType, type FindOffering } from './unknown-type.ts'

export interface SnapshotSources {
  readonly generation: number
  /** In every state; only ACTIVE ones can be used. */
  readonly versions: readonly InstalledVersion[]
  readonly policy: TypePolicy
  /** By package, the version that came with this release: what CURRENT means. */
  readonly bundledVersions: ReadonlyMap<string, string>
  readonly findOffering: FindOffering
}

/** {@link CatalogSnapshot} over the versions installed at one moment. */
export class Snapshot implements CatalogSnapshot {
  readonly generation: number
  readonly versions: readonly InstalledVersion[]
  readonly #sources: SnapshotSources
  readonly #offers: ReadonlyMap<string, readonly Offer[]>
  readonly #active: ReadonlyMap<string, InstalledVersion>

  constructor(sources: SnapshotSources) {
    this.generation = sources.generation
    this.versions = sources.versions
    this.#sources = sources
    this.#offers = indexOffers(sources.versions)
    this.#active = new Map(
      sources.versions
        .filter(({ record }) => record.state === 'ACTIVE')
        .map((version) => [`${version.record.packageName}@${version.record.version}`, version]),
    )
  }

  get records(): readonly PluginVersionRecord[] {
    return this.versions.map(({ record }) => record)
  }

  /** An installed version in any state. */
  findRecord(packageName: string, version: string): PluginVersionRecord | undefined {
    return this.records.find((record) => record.packageName === packageName && record.version === version)
  }

  resolve(request: VersionRequest): VersionChoice {
    const offers = this.#offers.get(request.type) ?? []
    const newest = offers[0]
    if (newest === undefined) throw explainUnknownType(request.type, this, this.#sources.findOffering)
    const { packageName, type } = newest.resolved
    const bundledVersion = this.#sources.bundledVersions.get(packageName)
    const decision = resolveVersion(request, type, {
      packageName,
      candidates: offers,
      ...(bundledVersion === undefined ? {} : { bundledVersion }),
    })
    const { resolved, alias } = decision.candidate
    if (!this.isAllowed(resolved)) throw forbidden(resolved.type, request.type)
    return {
      resolved,
      request: decision.request,
      decidedBy: decision.decidedBy,
      ...(alias === undefined ? {} : { alias }),
    }
  }

  without(packageName: string, version: string): Snapshot {
    const versions = this.versions.filter(
      ({ record }) => record.packageName !== packageName || record.version !== version,
    )
    return new Snapshot({ ...this.#sources, versions })
  }

  findExact(type: string, packageName: string, version: string): ResolvedType | undefined {
    const found = this.#active
      .get(`${packageName}@${version}`)
      ?.types.find((candidate) => candidate.type === type)
    return found !== undefined && this.isAllowed(found) ? found : undefined
  }

  explainMissing(type: string, packageName: string, version: string): PluginError {
    const found = this.#active
      .get(`${packageName}@${version}`)
      ?.types.find((candidate) => candidate.type === type)
    if (found !== undefined && !this.isAllowed(found)) return forbidden(type, type)
    const record = this.findRecord(packageName, version)
    const state = record === undefined ? 'not installed any more' : `not active: it is ${record.state}`
    return new PluginError(
      'PLUGIN_VERSION_NOT_INSTALLED',
      `${type} was locked to ${packageName}@${version}, which is ${state}.`,
      { hint: `Run: pinion plugins install ${packageName}@${version}, or save the flow again.` },
    )
  }

  namesOf(type: string): readonly string[] {
    const offers = this.#offers.get(type) ?? []
    const names = offers.flatMap(({ resolved }) => [resolved.type, ...resolved.manifest.aliases])
    return names.length === 0 ? [type] : [...new Set(names)]
  }

  listTypes(kind?: PluginKind): readonly string[] {
    const types: string[] = []
    for (const [name, offers] of this.#offers) {
      const own = offers.find(({ alias }) => alias === undefined)?.resolved
      if (own !== undefined && (kind === undefined || own.kind === kind) && this.isAllowed(own))
        types.push(name)
    }
    return types.sort()
  }

  listVersions(type: string): readonly ResolvedType[] {
    const offers = this.#offers.get(type) ?? []
    return offers.map(({ resolved }) => resolved).filter((resolved) => this.isAllowed(resolved))
  }

  /** Every name that a flow could write, former ids included. */
  listNames(): Iterable<string> {
    return this.#offers.keys()
  }

  /** The package whose own id this name is, whether it is allowed or not. */
  ownerOf(type: string): string | undefined {
    return this.#offers.get(type)?.find(({ alias }) => alias === undefined)?.resolved.packageName
  }

  isAllowed(resolved: ResolvedType): boolean {
    return this.#sources.policy.isAllowed(resolved.type, resolved.manifest.aliases)
  }
}

function forbidden(type: string, written: string): PluginError {
  const also = written === type ? '' : ` (written as ${written})`
  return new PluginError(
    'PLUGIN_TYPE_FORBIDDEN',
    `The type ${type}${also} is not allowed on this instance.`,
    {
      hint: 'An administrator decides by plugins.security.includes and plugins.security.excludes.',
    },
  )
}
