import {
  type BundleFile,
  MANIFEST_VERSION,
  PLUGIN_API_VERSION,
  type PluginManifest,
  type PluginTypeManifest,
  type SubgroupManifest,
} from '@pinion/plugin-sdk/manifest'
import semver from 'semver'
import { isPackageName } from '../coordinates/index.ts'
import { PluginError } from '../errors.ts'
import {
  MAX_BUNDLE_BYTES,
  MAX_CATEGORIES,
  MAX_DESCRIPTION_LENGTH,
  MAX_GUIDES,
  MAX_MANIFEST_BYTES,
  MAX_MARKDOWN_LENGTH,
  MAX_NAME_LENGTH,
  MAX_SOURCE_MAP_BYTES,
  MAX_SUBGROUPS,
  MAX_TITLE_LENGTH,
  MAX_TYPES,
} from '../limits.ts'
import { ObjectReader, ProblemList } from './object-reader.ts'
import { parsePermissions } from './parse-permissions.ts'
import { parseType, TYPE_ID } from './parse-type.ts'
import { findIconFault } from './vet-icon.ts'

const FIELDS = [
  'manifestVersion',
  'name',
  'version',
  'runtime',
  'requires',
  'group',
  'title',
  'description',
  'icon',
  'docs',
  'guides',
  'permissions',
  'bundle',
  'sourceMap',
  'subgroups',
  'types',
] as const

const GROUP = { regExp: /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*$/, says: 'a dotted name' } as const
const RELATIVE_FILE = {
  regExp: /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w@.-]+(?:\/[\w@.-]+)*$/,
  says: 'a path within the package, with / and without ..',
} as const
const SHA512 = { regExp: /^sha512-[A-Za-z0-9+/]{86}==$/, says: 'of the form sha512-…' } as const

/**
 * Parses the untrusted text of a manifest. All problems come in one error, each with its path.
 *
 * @param label - whose manifest it is, for messages: `NAME@VERSION` or a file
 * @throws PluginError `PLUGIN_MANIFEST_INVALID`, `PLUGIN_API_INCOMPATIBLE`
 */
export function parseManifest(text: string, label: string): PluginManifest {
  const problems = new ProblemList()
  const manifest = parseFields(parseJson(text, label), problems)
  if (!problems.isEmpty) throw invalidManifest(label, problems.list())
  if (!semver.satisfies(PLUGIN_API_VERSION, manifest.requires)) {
    throw new PluginError(
      'PLUGIN_API_INCOMPATIBLE',
      `${label} requires the plugin API ${manifest.requires}; this server offers ${PLUGIN_API_VERSION}.`,
      { hint: 'Install a version of the plugin built for this server, or another release of the server.' },
    )
  }
  return manifest
}

export function invalidManifest(label: string, problems: readonly string[]): PluginError {
  return new PluginError(
    'PLUGIN_MANIFEST_INVALID',
    `The manifest of ${label} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}: ${problems.join('; ')}.`,
    { hint: 'Build the package again with `pinion plugin build`, which finds these before it is published.' },
  )
}

function parseJson(text: string, label: string): unknown {
  if (text.length > MAX_MANIFEST_BYTES) {
    throw invalidManifest(label, [`it is larger than ${MAX_MANIFEST_BYTES} bytes`])
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalidManifest(label, [`it is no JSON: ${error instanceof Error ? error.message : String(error)}`])
  }
}

function parseFields(value: unknown, problems: ProblemList): PluginManifest {
  const reader = new ObjectReader(value, '', problems, FIELDS)
  if (reader.raw('manifestVersion') !== MANIFEST_VERSION) {
    reader.report('manifestVersion', `must be ${MANIFEST_VERSION}`)
  }
  const name = reader.text('name', MAX_NAME_LENGTH)
  if (name !== '' && !isPackageName(name)) reader.report('name', 'must be an npm package name')
  const version = reader.text('version', MAX_NAME_LENGTH)
  if (version !== '' && semver.valid(version) !== version)
    reader.report('version', 'must be an exact semver version')
  const requires = reader.text('requires', MAX_NAME_LENGTH)
  if (requires !== '' && semver.validRange(requires) === null)
    reader.report('requires', 'must be a semver range')
  const group = reader.text('group', MAX_NAME_LENGTH, GROUP)
  const icon = reader.text('icon', MAX_MANIFEST_BYTES)
  reportIcon(icon, 'icon', problems)
  const docs = reader.optionalText('docs', MAX_MARKDOWN_LENGTH)
  const types = reader.list('types', MAX_TYPES, (entry, path) => parseType(entry, path, group, problems))
  if (types.length === 0) reader.report('types', 'must list at least one type')
  reportDuplicates(types, problems)
  return {
    manifestVersion: MANIFEST_VERSION,
    name,
    version,
    runtime: reader.choice('runtime', ['isolate', 'node']),
    requires,
    group,
    title: reader.text('title', MAX_TITLE_LENGTH),
    description: reader.text('description', MAX_DESCRIPTION_LENGTH),
    icon,
    ...(docs === undefined ? {} : { docs }),
    guides: reader.list('guides', MAX_GUIDES, (entry, path) => {
      const guide = new ObjectReader(entry, path, problems, ['title', 'markdown'])
      return {
        title: guide.text('title', MAX_TITLE_LENGTH),
        markdown: guide.text('markdown', MAX_MARKDOWN_LENGTH),
      }
    }),
    permissions: parsePermissions(reader.raw('permissions'), reader.pathOf('permissions'), problems),
    bundle: parseBundleFile(reader.raw('bundle'), 'bundle', MAX_BUNDLE_BYTES, problems),
    ...(reader.has('sourceMap')
      ? {
          sourceMap: parseBundleFile(reader.raw('sourceMap'), 'sourceMap', MAX_SOURCE_MAP_BYTES, problems),
        }
      : {}),
    subgroups: reader.list('subgroups', MAX_SUBGROUPS, (entry, path) =>
      parseSubgroup(entry, path, group, problems),
    ),
    types,
  }
}

function parseBundleFile(value: unknown, path: string, maxBytes: number, problems: ProblemList): BundleFile {
  const reader = new ObjectReader(value, path, problems, ['file', 'sha512', 'sizeBytes'])
  return {
    file: reader.text('file', MAX_NAME_LENGTH, RELATIVE_FILE),
    sha512: reader.text('sha512', MAX_NAME_LENGTH, SHA512),
    sizeBytes: reader.wholeNumber('sizeBytes', 1, maxBytes),
  }
}

function parseSubgroup(value: unknown, path: string, group: string, problems: ProblemList): SubgroupManifest {
  const reader = new ObjectReader(value, path, problems, ['id', 'title', 'description', 'categories', 'icon'])
  const id = reader.text('id', MAX_NAME_LENGTH, GROUP)
  if (id !== '' && id !== group && !id.startsWith(`${group}.`)) {
    reader.report('id', `must lie below the package's group "${group}"`)
  }
  const description = reader.optionalText('description', MAX_DESCRIPTION_LENGTH)
  const icon = reader.optionalText('icon', MAX_MANIFEST_BYTES)
  if (icon !== undefined) reportIcon(icon, reader.pathOf('icon'), problems)
  return {
    id,
    title: reader.text('title', MAX_TITLE_LENGTH),
    ...(description === undefined ? {} : { description }),
    categories: reader.texts('categories', MAX_CATEGORIES, MAX_NAME_LENGTH),
    ...(icon === undefined ? {} : { icon }),
  }
}

function reportIcon(icon: string, path: string, problems: ProblemList): void {
  const fault = icon === '' ? undefined : findIconFault(icon)
  if (fault !== undefined) problems.add(path, fault)
}

/** No name may be offered twice, as a type or as an alias: which one a flow would get must never be a matter of order. */
function reportDuplicates(types: readonly PluginTypeManifest[], problems: ProblemList): void {
  const seen = new Map<string, string>()
  for (const [index, { type, aliases }] of types.entries()) {
    for (const name of [type, ...aliases]) {
      const path = `types[${index}]`
      const first = seen.get(name)
      if (name !== '' && first !== undefined) problems.add(path, `repeats the name "${name}" of ${first}`)
      else if (TYPE_ID.regExp.test(name)) seen.set(name, path)
    }
  }
}
