import { Ajv2020 } from 'ajv/dist/2020.js'
import type { JsonSchema, MetricManifest, PluginKind, PluginTypeManifest } from '../manifest/index.ts'
import { PLUGIN_KINDS, TYPE_ID_PATTERN } from '../manifest/index.ts'

/**
 * The kinds that a plugin can be written for with this SDK: those that {@link defineTask} and its siblings make.
 */
export const AUTHORED_KINDS = ['task', 'trigger'] as const satisfies readonly PluginKind[]
export type AuthoredKind = (typeof AUTHORED_KINDS)[number]

export interface SchemaFileExample {
  readonly title: string
  /** Lines are joined. */
  readonly code: string | readonly string[]
  readonly full?: boolean
}

/** What stands in a `Name.schema.yaml`. */
export interface SchemaFile {
  readonly kind: AuthoredKind
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly properties?: JsonSchema
  readonly outputs?: JsonSchema
  readonly metrics?: readonly MetricManifest[]
  readonly examples?: readonly SchemaFileExample[]
  readonly aliases?: readonly string[]
  readonly deprecated?: NonNullable<PluginTypeManifest['deprecated']>
  readonly beta?: boolean
  readonly executedBy?: 'engine'
  readonly freshContext?: boolean
}

const TEXT = { type: 'string', minLength: 1 } as const

/** Title, description and examples are asked for by rules with messages of their own, not here. */
const SCHEMA_FILE = {
  type: 'object',
  additionalProperties: false,
  required: ['kind'],
  properties: {
    kind: { enum: [...AUTHORED_KINDS] },
    type: { type: 'string', pattern: TYPE_ID_PATTERN },
    title: { type: 'string' },
    description: { type: 'string' },
    properties: { type: 'object' },
    outputs: { type: 'object' },
    metrics: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'type'],
        properties: {
          name: { type: 'string', pattern: '^[a-z][a-z0-9_-]*(\\.[a-z0-9_-]+)*$' },
          type: { enum: ['counter', 'timer', 'gauge'] },
          unit: TEXT,
          description: TEXT,
        },
      },
    },
    examples: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['title', 'code'],
        properties: {
          title: TEXT,
          code: { anyOf: [TEXT, { type: 'array', minItems: 1, items: { type: 'string' } }] },
          full: { type: 'boolean' },
        },
      },
    },
    aliases: { type: 'array', uniqueItems: true, items: { type: 'string', pattern: TYPE_ID_PATTERN } },
    deprecated: {
      type: 'object',
      additionalProperties: false,
      required: ['message'],
      properties: { message: TEXT, replacement: { type: 'string', pattern: TYPE_ID_PATTERN } },
    },
    beta: { type: 'boolean' },
    executedBy: { enum: ['engine'] },
    freshContext: { type: 'boolean' },
  },
} as const

const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true })

/** Tells whether a parsed text is a type's schema file; what is wrong is in `isSchemaFile.errors`. */
export const isSchemaFile = ajv.compile<SchemaFile>(SCHEMA_FILE)

/** The kinds that exist but that no code can be written for with this SDK. */
export function isForeignKind(kind: unknown): kind is PluginKind {
  return PLUGIN_KINDS.some((known) => known === kind) && !AUTHORED_KINDS.some((known) => known === kind)
}
