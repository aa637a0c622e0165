import { PluginError } from '../errors.ts'
import type { VersionRequest } from '../resolved-type.ts'
import { chooseVersion, compareVersionsDescending, type VersionCandidate } from './choose-version.ts'
import { type ParsedRequest, parseVersionRequest } from './request.ts'

export type DecidingLevel = 'task' | 'flow' | 'namespace' | 'instance' | 'core'

export interface VersionDecision<C extends VersionCandidate> {
  readonly candidate: C
  /** What decided, as asked for; keywords in capitals. */
  readonly request: string
  readonly decidedBy: DecidingLevel
}

/** What is installed and active of the package that offers a type. */
export interface InstalledVersions<C extends VersionCandidate> {
  readonly packageName: string
  readonly candidates: readonly C[]
  /** The version that came with this release, for CURRENT. */
  readonly bundledVersion?: string
}

const CORE_PREFIX = 'io.kestra.plugin.core.'
const LATEST: ParsedRequest = { kind: 'keyword', text: 'LATEST', keyword: 'LATEST' }
const NEAREST_FIRST = ['task', 'flow', 'namespace'] as const

/**
 * Decides which installed version runs a type. Pure.
 *
 * The nearest level that asks decides: task, flow, namespace, then the instance's default. A core type falls back to
 * LATEST where a level above the task cannot be satisfied, because such a level often speaks for many packages at
 * once; what the task itself pins is never replaced silently.
 *
 * @param canonicalType - decides whether the type is a core type; `query.type` may be an alias.
 * @throws PluginError `PLUGIN_VERSION_NOT_INSTALLED`, `PLUGIN_VERSION_REQUIRED`, `PLUGIN_VERSION_REQUEST_INVALID`
 * @see the reference's page on versioned plugins, "version property in a flow"
 */
export function resolveVersion<C extends VersionCandidate>(
  query: VersionRequest,
  canonicalType: string,
  installed: InstalledVersions<C>,
): VersionDecision<C> {
  const { level, request } = nearestRequest(query)
  const candidate = chooseAtLevel(request, installed)
  if (candidate !== undefined) return { candidate, request: request.text, decidedBy: level }
  if (level !== 'task' && canonicalType.startsWith(CORE_PREFIX)) {
    const fallback = chooseVersion(LATEST, installed.candidates)
    if (fallback !== undefined) return { candidate: fallback, request: LATEST.text, decidedBy: 'core' }
  }
  throw isNone(request) ? versionRequired(query, installed) : notInstalled(query, level, request, installed)
}

function nearestRequest(query: VersionRequest): {
  level: Exclude<DecidingLevel, 'core'>
  request: ParsedRequest
} {
  for (const level of NEAREST_FIRST) {
    const text = query[level]
    // A blank text asks for nothing: an empty form field must not hide the levels above.
    if (text === undefined || text.trim() === '') continue
    const request = parseVersionRequest(text)
    if (isNone(request) || isCurrent(request)) throw instanceKeywordOnly(query, level, request)
    return { level, request }
  }
  return { level: 'instance', request: parseVersionRequest(query.instance) }
}

function chooseAtLevel<C extends VersionCandidate>(
  request: ParsedRequest,
  installed: InstalledVersions<C>,
): C | undefined {
  if (!isCurrent(request)) return chooseVersion(request, installed.candidates)
  return (
    installed.candidates.find(({ version }) => version === installed.bundledVersion) ??
    chooseVersion(LATEST, installed.candidates)
  )
}

function isNone(request: ParsedRequest): boolean {
  return request.kind === 'keyword' && request.keyword === 'NONE'
}

function isCurrent(request: ParsedRequest): boolean {
  return request.kind === 'keyword' && request.keyword === 'CURRENT'
}

function instanceKeywordOnly(query: VersionRequest, level: string, request: ParsedRequest): PluginError {
  return new PluginError(
    'PLUGIN_VERSION_REQUEST_INVALID',
    `The ${level} asks for version ${request.text} of ${query.type}; only plugins.management.defaultVersion may.`,
    { hint: 'Write an exact version, a range, a dist-tag, LATEST or OLDEST.' },
  )
}

function versionRequired<C extends VersionCandidate>(
  query: VersionRequest,
  installed: InstalledVersions<C>,
): PluginError {
  return new PluginError(
    'PLUGIN_VERSION_REQUIRED',
    `${query.type} needs a version: this instance runs no plugin without an explicit one.`,
    { hint: `Set \`version\` on it or in a plugin default. Installed: ${listVersions(installed)}.` },
  )
}

function notInstalled<C extends VersionCandidate>(
  query: VersionRequest,
  level: DecidingLevel,
  request: ParsedRequest,
  installed: InstalledVersions<C>,
): PluginError {
  const asked = request.kind === 'tag' ? `the dist-tag "${request.text}"` : `version ${request.text}`
  return new PluginError(
    'PLUGIN_VERSION_NOT_INSTALLED',
    `No installed version of ${query.type} satisfies ${asked}, asked for by the ${level}.`,
    {
      hint:
        `Installed of ${installed.packageName}: ${listVersions(installed)}. ` +
        `Ask for one of these, or run: pinion plugins install ${installed.packageName}@${quoted(request.text)}`,
    },
  )
}

function listVersions<C extends VersionCandidate>(installed: InstalledVersions<C>): string {
  const shown = 20
  const sorted = [...installed.candidates].sort((a, b) => compareVersionsDescending(a.version, b.version))
  if (sorted.length === 0) return 'none'
  const texts = sorted
    .slice(0, shown)
    .map(({ version, distTags }) => (distTags.length > 0 ? `${version} (${distTags.join(', ')})` : version))
  return sorted.length > shown ? `${texts.join(', ')} and ${sorted.length - shown} older` : texts.join(', ')
}

/** Ranges such as `>=1 <2` mean something else to a shell. */
function quoted(request: string): string {
  return /^[\w.@^~+-]+$/.test(request) ? request : `"${request}"`
}
