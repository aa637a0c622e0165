import semver from 'semver'
import { PluginError } from '../errors.ts'
import { MAX_VERSION_REQUEST_LENGTH } from '../limits.ts'

export type VersionKeyword = 'LATEST' | 'OLDEST' | 'CURRENT' | 'NONE'

/** What a text asks for. `text` is normalised: keywords in capitals, blanks trimmed. */
export type ParsedRequest =
  | { readonly kind: 'keyword'; readonly text: string; readonly keyword: VersionKeyword }
  | { readonly kind: 'exact'; readonly text: string; readonly version: string }
  | { readonly kind: 'range'; readonly text: string; readonly range: semver.Range }
  | { readonly kind: 'tag'; readonly text: string; readonly tag: string }

const KEYWORDS: ReadonlyMap<string, VersionKeyword> = new Map([
  ['LATEST', 'LATEST'],
  ['OLDEST', 'OLDEST'],
  ['CURRENT', 'CURRENT'],
  ['NONE', 'NONE'],
])
const DIST_TAG = /^[A-Za-z][\w.-]*$/

/**
 * Reads a version request: exact version, semver range, dist-tag, or a keyword in any case.
 *
 * @throws PluginError `PLUGIN_VERSION_REQUEST_INVALID`
 */
export function parseVersionRequest(request: string): ParsedRequest {
  const text = request.trim()
  if (text === '' || text.length > MAX_VERSION_REQUEST_LENGTH) throw invalid(text)
  const keyword = KEYWORDS.get(text.toUpperCase())
  if (keyword !== undefined) return { kind: 'keyword', text: keyword, keyword }
  const version = semver.valid(text)
  if (version !== null) return { kind: 'exact', text, version }
  if (semver.validRange(text) !== null) return { kind: 'range', text, range: new semver.Range(text) }
  if (DIST_TAG.test(text)) return { kind: 'tag', text, tag: text }
  throw invalid(text)
}

/**
 * Reads the instance's `defaultVersion`; the server calls it once at start, so that a bad value stops it.
 *
 * @throws PluginError `PLUGIN_VERSION_REQUEST_INVALID` for anything but a keyword or an exact version
 */
export function parseDefaultVersion(text: string): string {
  const parsed = parseVersionRequest(text)
  if (parsed.kind === 'keyword' || parsed.kind === 'exact') return parsed.text
  throw new PluginError(
    'PLUGIN_VERSION_REQUEST_INVALID',
    `plugins.management.defaultVersion is "${text}", which is no keyword and no exact version.`,
    { hint: 'Write LATEST, CURRENT, OLDEST, NONE or an exact version such as 1.2.0.' },
  )
}

function invalid(text: string): PluginError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text
  return new PluginError('PLUGIN_VERSION_REQUEST_INVALID', `"${shown}" is not a version request.`, {
    hint: 'Write an exact version (1.2.0), a range (^1.2), a dist-tag, LATEST or OLDEST.',
  })
}
