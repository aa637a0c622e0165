import type { ResolvedType } from '../resolved-type.ts'
import { compareVersionsDescending, type VersionCandidate } from '../version/index.ts'
import type { InstalledVersion } from './installed-version.ts'

/** One version that offers a name, either as a type's id or as a former id of it. */
export interface Offer extends VersionCandidate {
  readonly resolved: ResolvedType
  /** The name, where it is a former id. */
  readonly alias?: string
}

/**
 * By name, what the active versions offer, newest first; all offers of one name are of one package.
 *
 * Where several packages claim a name, one whose own id it is comes before one that only calls it a former id, and
 * then the one installed first: a package that comes later can never take a name over.
 */
export function indexOffers(versions: readonly InstalledVersion[]): ReadonlyMap<string, readonly Offer[]> {
  const seniority = new Map<string, number>()
  const claims = new Map<string, Offer[]>()
  // Sorted once, not name by name: parsing versions is what costs here.
  const newestFirst = versions.toSorted((left, right) =>
    compareVersionsDescending(left.record.version, right.record.version),
  )
  for (const { record, types } of newestFirst) {
    const { packageName, version, distTags, installedAtMs } = record
    seniority.set(packageName, Math.min(seniority.get(packageName) ?? installedAtMs, installedAtMs))
    if (record.state !== 'ACTIVE') continue
    for (const resolved of types) {
      claim(claims, resolved.type, { version, distTags, resolved })
      for (const alias of resolved.manifest.aliases)
        claim(claims, alias, { version, distTags, resolved, alias })
    }
  }
  for (const [name, offers] of claims) claims.set(name, settle(offers, seniority))
  return claims
}

function claim(claims: Map<string, Offer[]>, name: string, offer: Offer): void {
  const known = claims.get(name)
  if (known === undefined) claims.set(name, [offer])
  else known.push(offer)
}

function settle(offers: Offer[], seniority: ReadonlyMap<string, number>): Offer[] {
  const owner = offers.reduce((best, offer) => (outranks(offer, best, seniority) ? offer : best)).resolved
    .packageName
  return offers.filter(({ resolved }) => resolved.packageName === owner)
}

function outranks(offer: Offer, other: Offer, seniority: ReadonlyMap<string, number>): boolean {
  const isOwnId = offer.alias === undefined
  if (isOwnId !== (other.alias === undefined)) return isOwnId
  const [name, otherName] = [offer.resolved.packageName, other.resolved.packageName]
  const age = (seniority.get(name) ?? 0) - (seniority.get(otherName) ?? 0)
  return age === 0 ? name < otherName : age < 0
}
