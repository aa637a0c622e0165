/**
 * The keywords a plugin's schema may use: JSON Schema draft 2020-12 without those that change what a reference
 * means ($id, $anchor, $dynamicRef, $dynamicAnchor), and this platform's own, which start with `$`.
 */

/** Their value is one schema. */
export const SCHEMA_KEYWORDS: ReadonlySet<string> = new Set([
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

/** Their value is a list of schemas. */
export const SCHEMA_LIST_KEYWORDS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])

/** Their value is an object whose values are schemas. */
export const SCHEMA_MAP_KEYWORDS: ReadonlySet<string> = new Set([
  '$defs',
  'dependentSchemas',
  'patternProperties',
  'properties',
])

/** Their value is data. */
export const VALUE_KEYWORDS: ReadonlySet<string> = new Set([
  '$comment',
  '$dynamic',
  '$group',
  '$hidden',
  '$internalStorageUri',
  '$plugin',
  '$ref',
  '$schema',
  '$secret',
  'const',
  'contentEncoding',
  'contentMediaType',
  'default',
  'dependentRequired',
  'deprecated',
  'description',
  'enum',
  'examples',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxContains',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minContains',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'multipleOf',
  'pattern',
  'readOnly',
  'required',
  'title',
  'type',
  'uniqueItems',
  'writeOnly',
])

/** This platform's own, which the validator must be told of. */
export const PLATFORM_KEYWORDS: readonly string[] = [
  '$dynamic',
  '$group',
  '$hidden',
  '$internalStorageUri',
  '$plugin',
  '$secret',
]

/** The only form of reference: into the same type's `$defs`. */
export const LOCAL_REFERENCE = /^#\/\$defs\/([A-Za-z_][\w.-]*)$/
