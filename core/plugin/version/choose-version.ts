import semver from 'semver'
import type { ParsedRequest } from './request.ts'

/** A version to choose from, installed or published. `version` is valid semver. */
export interface VersionCandidate {
  readonly version: string
  readonly distTags: readonly string[]
}

/**
 * Picks the candidate that a request means, or undefined. Pure, and independent of the candidates' order.
 *
 * Pre-releases are passed over unless there is nothing else or the request names one. CURRENT and NONE pick nothing
 * here: what they mean depends on more than the candidates.
 *
 * @see semver.org, section 11, for how versions rank
 */
export function chooseVersion<C extends VersionCandidate>(
  request: ParsedRequest,
  candidates: readonly C[],
): C | undefined {
  const releases = candidates.filter(({ version }) => semver.prerelease(version) === null)
  const eligible = releases.length > 0 ? releases : candidates
  switch (request.kind) {
    case 'exact':
      return candidates.find(({ version }) => semver.eq(version, request.version))
    case 'range': {
      // A range that names a pre-release lets in those of the same number: semver's own rule, so all are offered to it.
      const includePrerelease = releases.length === 0
      return newest(
        candidates.filter(({ version }) => semver.satisfies(version, request.range, { includePrerelease })),
      )
    }
    case 'tag':
      return candidates.find(({ distTags }) => distTags.includes(request.tag))
    case 'keyword':
      if (request.keyword === 'LATEST') return newest(eligible)
      if (request.keyword === 'OLDEST') return newest(eligible, -1)
      return undefined
    default:
      return request satisfies never
  }
}

/** Newest first: numeric by component, a pre-release below its release. */
export function compareVersionsDescending(left: string, right: string): number {
  return semver.rcompare(left, right)
}

function newest<C extends VersionCandidate>(candidates: readonly C[], direction: 1 | -1 = 1): C | undefined {
  return candidates.reduce<C | undefined>(
    (best, candidate) =>
      best === undefined || semver.compare(candidate.version, best.version) * direction > 0
        ? candidate
        : best,
    undefined,
  )
}
