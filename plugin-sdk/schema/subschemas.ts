import type { JsonObject, JsonSchema, JsonValue } from '../manifest/index.ts'

/**
 * Keywords that hold schemas by name, as a list, or one, as JSON Schema 2020-12 (core and applicator) defines
 * them.
 */
const SCHEMA_MAPS = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas'])
const SCHEMA_LISTS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])
const SCHEMAS = new Set([
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
])

export type SchemaPath = readonly (string | number)[]

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Gives a copy of the schema in which each direct subschema is replaced by what `change` makes of it. */
export function mapSubschemas(
  schema: JsonSchema,
  change: (subschema: JsonSchema, keyword: string) => JsonSchema,
): JsonSchema {
  const changed: Record<string, JsonValue> = {}
  const changeOne = (value: JsonValue, keyword: string) =>
    isJsonObject(value) ? change(value, keyword) : value
  for (const [keyword, value] of Object.entries(schema)) {
    if (SCHEMAS.has(keyword)) changed[keyword] = changeOne(value, keyword)
    else if (SCHEMA_LISTS.has(keyword) && Array.isArray(value)) {
      changed[keyword] = value.map((item) => changeOne(item, keyword))
    } else if (SCHEMA_MAPS.has(keyword) && isJsonObject(value)) {
      changed[keyword] = Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, changeOne(item, keyword)]),
      )
    } else changed[keyword] = value
  }
  return changed
}

/** Calls `visit` for the schema and every subschema below it, parents first, each with its path from the top. */
export function walkSchema(
  schema: JsonSchema,
  visit: (subschema: JsonSchema, path: SchemaPath) => void,
  path: SchemaPath = [],
): void {
  visit(schema, path)
  for (const [keyword, value] of Object.entries(schema)) {
    if (SCHEMAS.has(keyword) && isJsonObject(value)) walkSchema(value, visit, [...path, keyword])
    else if (SCHEMA_LISTS.has(keyword) && Array.isArray(value)) {
      value.forEach((item, index) => {
        if (isJsonObject(item)) walkSchema(item, visit, [...path, keyword, index])
      })
    } else if (SCHEMA_MAPS.has(keyword) && isJsonObject(value)) {
      for (const [name, item] of Object.entries(value)) {
        if (isJsonObject(item)) walkSchema(item, visit, [...path, keyword, name])
      }
    }
  }
}
