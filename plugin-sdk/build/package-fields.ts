import { Ajv2020 } from 'ajv/dist/2020.js'
import semver from 'semver'
import validatePackageName from 'validate-npm-package-name'
import type { BuildFault } from '../errors.ts'
import { MAX_PACKAGE_JSON_BYTES } from '../limits.ts'
import {
  GROUP_PATTERN,
  PLUGIN_API_VERSION,
  type PluginPermissions,
  type PluginRuntimeKind,
} from '../manifest/index.ts'
import { describeError, FaultList, pathOfError, SourceDocument } from '../schema/index.ts'
import type { ProjectFile } from './project-files.ts'

interface SubgroupFields {
  readonly title?: string
  readonly description?: string
  readonly categories?: readonly string[]
}

interface PackageJson {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly files?: readonly string[]
  readonly pinion: {
    readonly group: string
    readonly title: string
    readonly description?: string
    readonly runtime?: PluginRuntimeKind
    readonly requires: string
    readonly permissions?: PluginPermissions
    /** By id: the package part of the type ids. */
    readonly subgroups?: Readonly<Record<string, SubgroupFields>>
  }
}

/** What a plugin's package.json says, with its defaults filled in. */
export interface PackageFields {
  readonly name: string
  readonly version: string
  readonly group: string
  readonly title: string
  readonly description: string
  readonly runtime: PluginRuntimeKind
  readonly requires: string
  readonly permissions: PluginPermissions
  readonly subgroups: Readonly<Record<string, SubgroupFields>>
}

export interface ParsedPackage {
  readonly document: SourceDocument
  readonly fields?: PackageFields
  readonly faults: readonly BuildFault[]
}

const TEXT = { type: 'string', minLength: 1 } as const
const FLAG = { type: 'boolean' } as const
const NETWORK = {
  type: 'array',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['host'],
    properties: {
      host: { type: 'string', pattern: '^(\\*|(\\*\\.)?[A-Za-z0-9_.:-]+)$' },
      ports: { type: 'array', items: { type: 'integer', minimum: 1, maximum: 65535 } },
      private: FLAG,
    },
  },
} as const

const PACKAGE_JSON = {
  type: 'object',
  required: ['name', 'version', 'pinion'],
  properties: {
    name: TEXT,
    version: TEXT,
    description: { type: 'string' },
    files: { type: 'array', items: { type: 'string' } },
    pinion: {
      type: 'object',
      additionalProperties: false,
      required: ['group', 'title', 'requires'],
      properties: {
        group: { type: 'string', pattern: GROUP_PATTERN },
        title: TEXT,
        description: TEXT,
        runtime: { enum: ['isolate', 'node'] },
        requires: TEXT,
        permissions: {
          type: 'object',
          additionalProperties: false,
          properties: {
            network: NETWORK,
            storage: FLAG,
            kv: FLAG,
            secrets: FLAG,
            state: FLAG,
            process: FLAG,
            sockets: NETWORK,
            wasm: FLAG,
          },
        },
        subgroups: {
          type: 'object',
          propertyNames: { pattern: GROUP_PATTERN },
          additionalProperties: {
            type: 'object',
            additionalProperties: false,
            properties: {
              title: TEXT,
              description: TEXT,
              categories: {
                type: 'array',
                minItems: 1,
                items: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$' },
              },
            },
          },
        },
      },
    },
  },
} as const

const isPackageJson = new Ajv2020({ allErrors: true, strict: false, verbose: true }).compile<PackageJson>(
  PACKAGE_JSON,
)

/** Reads the fields of package.json that make a package a plugin. */
export function parsePackage(file: ProjectFile): ParsedPackage {
  const document = new SourceDocument(file.text)
  const list = new FaultList(file.path, document)
  const value = parseJson(list, file, document)
  if (list.faults.length > 0) return { document, faults: list.faults }
  if (!isPackageJson(value)) {
    for (const error of isPackageJson.errors ?? []) {
      const path = pathOfError(error)
      const report = error.keyword === 'additionalProperties' ? list.atKey : list.atValue
      report.call(list, path, {
        code: 'BUILD_PACKAGE_INVALID',
        message: `package.json: ${describeError(error)}.`,
      })
    }
    return { document, faults: list.faults }
  }
  checkMeaning(list, value)
  if (list.faults.length > 0) return { document, faults: list.faults }
  const { pinion } = value
  return {
    document,
    faults: [],
    fields: {
      name: value.name,
      version: value.version,
      group: pinion.group,
      title: pinion.title,
      description: pinion.description ?? value.description ?? '',
      runtime: pinion.runtime ?? 'isolate',
      requires: pinion.requires,
      permissions: pinion.permissions ?? {},
      subgroups: pinion.subgroups ?? {},
    },
  }
}

/** JSON is what npm reads, so JSON decides whether the text is valid; the YAML reading only gives positions. */
function parseJson(list: FaultList, file: ProjectFile, document: SourceDocument): unknown {
  if (file.sizeBytes > MAX_PACKAGE_JSON_BYTES) {
    list.atValue([], {
      code: 'BUILD_TOO_LARGE',
      message: `package.json is over ${MAX_PACKAGE_JSON_BYTES / 1024} KiB.`,
    })
    return undefined
  }
  try {
    return JSON.parse(file.text)
  } catch (error) {
    const [place] = document.syntaxFaults
    const message = error instanceof Error ? error.message : String(error)
    list.at(place ?? { line: 1, column: 1 }, {
      code: 'BUILD_SYNTAX',
      message: `package.json is not JSON: ${message}.`,
    })
    return undefined
  }
}

function checkMeaning(list: FaultList, value: PackageJson): void {
  const refuse = (path: readonly string[], message: string, hint: string) =>
    list.atValue(path, { code: 'BUILD_PACKAGE_INVALID', message, hint })
  const name = validatePackageName(value.name)
  if (!name.validForNewPackages) {
    const reasons = [...(name.errors ?? []), ...(name.warnings ?? [])].join('; ')
    refuse(
      ['name'],
      `"${value.name}" is not a valid npm name: ${reasons}.`,
      'Use lower case, such as @acme/plugin-http.',
    )
  }
  if (semver.valid(value.version) !== value.version) {
    refuse(
      ['version'],
      `"${value.version}" is not a semantic version.`,
      'Use three numbers, such as 1.0.0 or 1.0.0-beta.1.',
    )
  }
  const { requires } = value.pinion
  if (semver.validRange(requires) === null) {
    refuse(['pinion', 'requires'], `"${requires}" is not a semver range.`, `Use ^${PLUGIN_API_VERSION}.`)
  } else if (!semver.satisfies(PLUGIN_API_VERSION, requires)) {
    refuse(
      ['pinion', 'requires'],
      `\`requires: ${requires}\` leaves out the plugin API ${PLUGIN_API_VERSION}, which this SDK builds for.`,
      `Use ^${PLUGIN_API_VERSION}, or build with the SDK of the API that you need.`,
    )
  }
  if ((value.pinion.description ?? value.description ?? '').trim() === '') {
    refuse(
      ['description'],
      'The plugin has no description.',
      'Say in one sentence what it is for: "description" in package.json.',
    )
  }
  if (value.files && !value.files.some((entry) => /^\.?\/?dist(\/|$|\/\*)/.test(entry))) {
    refuse(
      ['files'],
      '`files` leaves out `dist`: a published package would have no bundle.',
      'Add "dist" to `files`.',
    )
  }
  for (const id of Object.keys(value.pinion.subgroups ?? {})) {
    if (id.startsWith(`${value.pinion.group}.`)) continue
    list.atKey(['pinion', 'subgroups', id], {
      code: 'BUILD_SUBGROUP_UNKNOWN',
      message: `The subgroup "${id}" is not below the group "${value.pinion.group}".`,
      hint: `Write its full id, such as ${value.pinion.group}.${id.split('.').at(-1)}.`,
    })
  }
}
