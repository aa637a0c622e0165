import { PluginError } from '../errors.ts'
import { MAX_COORDINATE_LENGTH } from '../limits.ts'
import { type ParsedRequest, parseVersionRequest } from '../version/index.ts'

/** A package and what is wanted of it, as a person wrote it. */
export interface Coordinate {
  readonly packageName: string
  readonly request: ParsedRequest
}

/**
 * Reads and writes coordinates for one mapping of the reference's groups to npm scopes, such as
 * `{ 'io.kestra.plugin': '@pinion' }`: `io.kestra.plugin:plugin-aws:1.0.0` means `@pinion/plugin-aws@1.0.0`.
 */
export interface Coordinates {
  /**
   * Accepts `NAME`, `NAME@VERSION|range|dist-tag|LATEST` and `group:artifact[:version]`. Without a version, LATEST.
   *
   * @throws PluginError `PLUGIN_COORDINATE_INVALID`, `PLUGIN_VERSION_REQUEST_INVALID`
   */
  parse(text: string): Coordinate
  /** `NAME@VERSION`. */
  format(packageName: string, version: string): string
  /** `group:artifact:version`, or undefined for a package whose scope no group maps to. */
  formatAsGroup(packageName: string, version: string): string | undefined
  /** The group that a scope stands for, the scope itself if none does, or an empty text without a scope. */
  groupOf(packageName: string): string
}

export type GroupScopes = Readonly<Record<string, string>>

const GROUP = /^[A-Za-z][\w-]*(\.[A-Za-z][\w-]*)*$/
// npm's rules for names, stricter in one point: no capitals, which only packages from before 2017 may have.
// No scope ends in a dot, so that its storage name can be read backwards.
const PACKAGE_NAME = /^(?:@[a-z0-9-~](?:[a-z0-9-._~]*[a-z0-9-_~])?\/)?[a-z0-9-~][a-z0-9-._~]*$/
const SCOPE = /^@[a-z0-9-~](?:[a-z0-9-._~]*[a-z0-9-_~])?$/
const MAX_PACKAGE_NAME_LENGTH = 214

/**
 * @param groupScopes - the reference's group to npm scope, `@` included; both sides unique
 * @throws PluginError `PLUGIN_COORDINATE_INVALID` for a mapping that cannot be read backwards
 */
export function createCoordinates(groupScopes: GroupScopes): Coordinates {
  const scopeOf = new Map(Object.entries(groupScopes))
  const groupByScope = new Map<string, string>()
  for (const [group, scope] of scopeOf) {
    if (!GROUP.test(group) || !SCOPE.test(scope) || groupByScope.has(scope)) {
      throw new PluginError(
        'PLUGIN_COORDINATE_INVALID',
        `The group "${group}" cannot stand for "${scope}".`,
        {
          hint: 'Map each group (a dotted name) to one npm scope of its own, such as io.kestra.plugin: "@pinion".',
        },
      )
    }
    groupByScope.set(scope, group)
  }

  function parse(text: string): Coordinate {
    const trimmed = text.trim()
    if (trimmed === '' || trimmed.length > MAX_COORDINATE_LENGTH) throw invalid(text)
    return isGroupForm(trimmed) ? parseGroupForm(trimmed) : parseNpmForm(trimmed)
  }

  function parseGroupForm(text: string): Coordinate {
    const [group = '', artifact = '', version = 'LATEST', ...rest] = text.split(':')
    if (rest.length > 0 || !GROUP.test(group) || artifact === '') throw invalid(text)
    const scope = scopeOf.get(group)
    if (scope === undefined) {
      throw new PluginError('PLUGIN_COORDINATE_INVALID', `No npm scope stands for the group "${group}".`, {
        hint:
          `Known groups: ${[...scopeOf.keys()].join(', ') || 'none'}. Add the group to plugins.groups ` +
          'or write the npm name instead.',
      })
    }
    return { packageName: checkedName(`${scope}/${artifact}`, text), request: parseVersionRequest(version) }
  }

  function parseNpmForm(text: string): Coordinate {
    const at = text.indexOf('@', 1)
    const name = at === -1 ? text : text.slice(0, at)
    const request = at === -1 ? 'LATEST' : text.slice(at + 1)
    return { packageName: checkedName(name, text), request: parseVersionRequest(request) }
  }

  function groupOf(packageName: string): string {
    const scope = splitScope(packageName).scope
    return groupByScope.get(scope) ?? scope
  }

  return {
    parse,
    groupOf,
    format: (packageName, version) => `${packageName}@${version}`,
    formatAsGroup: (packageName, version) => {
      const { scope, artifact } = splitScope(packageName)
      const group = groupByScope.get(scope)
      return group === undefined ? undefined : `${group}:${artifact}:${version}`
    },
  }
}

/** `@acme/plugin-x` into `@acme` and `plugin-x`; a name without a scope has an empty one. */
export function splitScope(packageName: string): { readonly scope: string; readonly artifact: string } {
  const slash = packageName.indexOf('/')
  return slash === -1
    ? { scope: '', artifact: packageName }
    : { scope: packageName.slice(0, slash), artifact: packageName.slice(slash + 1) }
}

/** Whether npm would take it as the name of a new package. */
export function isPackageName(text: string): boolean {
  return text.length <= MAX_PACKAGE_NAME_LENGTH && !text.includes('..') && PACKAGE_NAME.test(text)
}

// A range such as `npm:x` does not exist in either form, so a colon before any `@` beyond the first decides.
function isGroupForm(text: string): boolean {
  const colon = text.indexOf(':')
  const at = text.indexOf('@')
  return colon !== -1 && (at === -1 || colon < at)
}

function checkedName(name: string, text: string): string {
  if (!isPackageName(name)) throw invalid(text)
  return name
}

function invalid(text: string): PluginError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text
  return new PluginError('PLUGIN_COORDINATE_INVALID', `"${shown}" names no plugin package.`, {
    hint: 'Write NAME@VERSION such as @pinion/plugin-aws@1.2.0, or group:artifact:version.',
  })
}
