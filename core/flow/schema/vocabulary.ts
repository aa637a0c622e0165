import { DURATION_PATTERN, type JsonObject, type JsonSchema } from '@pinion/plugin-sdk/manifest'
import { MAX_NAMESPACE_LENGTH, NAMESPACE_PATTERN } from '../../namespace/index.ts'
import { MAX_FLOW_ID_LENGTH, MAX_TASK_ID_LENGTH } from '../limits.ts'

/**
 * Words of the flow language as JSON Schema. All schemas of this folder are draft 07 with plain data only: they are
 * compiled to check flows and, as they are, become part of the document that editors read. `description` doubles as the
 * hint of a fault.
 */
export const TEXT: JsonSchema = { type: 'string' }
export const FLAG: JsonSchema = { type: 'boolean' }

export const FLOW_ID: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
  maxLength: MAX_FLOW_ID_LENGTH,
  description: `Letters, digits, ".", "_" and "-", starting with a letter or digit; at most ${MAX_FLOW_ID_LENGTH} characters.`,
}

export const NAMESPACE: JsonSchema = {
  type: 'string',
  pattern: NAMESPACE_PATTERN,
  maxLength: MAX_NAMESPACE_LENGTH,
  description: `Parts of letters, digits, "_" and "-", joined by dots, such as company.team; at most ${MAX_NAMESPACE_LENGTH} characters.`,
  examples: ['company.team'],
}

export const TASK_ID: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]*$',
  maxLength: MAX_TASK_ID_LENGTH,
  description: 'Letters, digits, "_" and "-", starting with a letter or digit; unique within the flow.',
}

export const INPUT_ID: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9_-]*(\\.[A-Za-z0-9][A-Za-z0-9_-]*)*$',
  maxLength: MAX_TASK_ID_LENGTH,
  description: 'Letters, digits, "_" and "-"; a dot makes a nested value: `user.name` is `inputs.user.name`.',
}

export const DURATION: JsonSchema = {
  type: 'string',
  pattern: DURATION_PATTERN,
  description: 'An ISO 8601 duration, such as PT30S, PT1H30M or P1D.',
  examples: ['PT30S', 'PT5M', 'PT1H', 'P1D'],
}

export const LOG_LEVEL: JsonSchema = {
  enum: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'],
  description: 'The lowest level that is kept: TRACE, DEBUG, INFO, WARN or ERROR.',
}

/** What `runIf` and conditions take: decided when it is due. */
export const CONDITION: JsonSchema = { type: ['string', 'boolean'] }

const LABEL_VALUE: JsonSchema = { type: ['string', 'number', 'boolean'] }

export const LABELS: JsonSchema = {
  description: 'Keys and values, as a map or as a list of {key, value}.',
  anyOf: [
    {
      title: 'a map of labels',
      type: 'object',
      propertyNames: { minLength: 1 },
      additionalProperties: LABEL_VALUE,
    },
    {
      title: 'a list of {key, value}',
      type: 'array',
      items: closed({ key: { type: 'string', minLength: 1 }, value: LABEL_VALUE }, ['key', 'value']),
    },
  ],
}

export const WORKER_GROUP: JsonSchema = closed(
  { key: TEXT, fallback: { enum: ['FAIL', 'WAIT', 'CANCEL', 'IGNORE'] } },
  ['key'],
  { description: 'Workers that may run this.' },
)

/** An object that has these properties and no others. */
export function closed(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
  annotations: JsonObject = {},
): JsonSchema {
  return {
    type: 'object',
    ...annotations,
    properties,
    ...(required.length === 0 ? {} : { required: [...required] }),
    additionalProperties: false,
  }
}

/** The schema with another description; the rules stay. */
export function described(schema: JsonSchema, description: string): JsonSchema {
  return { ...schema, description }
}

/**
 * An object whose properties depend on the text of its `type`: `if` this type, `then` these properties and no others.
 * An unknown type is one fault, and says nothing of the properties.
 */
export function byType(
  variants: Readonly<Record<string, JsonSchema>>,
  annotations: JsonObject = {},
): JsonSchema {
  return {
    type: 'object',
    ...annotations,
    required: ['type'],
    properties: { type: { enum: Object.keys(variants) } },
    allOf: Object.entries(variants).map(([type, schema]) => ({
      if: { required: ['type'], properties: { type: { const: type } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: schema,
    })),
  }
}
