import {
  DURATION_PATTERN,
  type JsonObject,
  type JsonSchema,
  type JsonValue,
  PLUGIN_KINDS,
} from '@pinion/plugin-sdk/manifest'
import { isList, isObject } from '../compile/read-flow.ts'

/** Where the parts of one type's schema end up in the document. */
export interface SchemaPlaces {
  /** Reference to the definition of any plugin of a kind. */
  readonly kindReference: (kind: string) => string
  /** Reference to the translation of one of the schema's own definitions. */
  readonly definitionReference: (name: string, isDynamic: boolean) => string
}

interface Context extends SchemaPlaces {
  /** Whether an expression may stand for this value, because its schema or one above says `$dynamic`. */
  readonly isDynamic: boolean
  /** Whether the node describes a value of its own, and not once more the one that its parent describes. */
  readonly isValue: boolean
}

/** A text with an expression in it. */
const EXPRESSION: JsonSchema = { title: 'Expression', type: 'string', pattern: '\\{\\{|\\{%' }

const SINGLE = new Set(['additionalProperties', 'contains', 'items'])
const SAME_VALUE = new Set(['else', 'if', 'not', 'then'])
const SAME_VALUE_LISTS = new Set(['allOf', 'anyOf', 'oneOf'])
const MAPS = new Set(['patternProperties', 'properties'])
/** What draft 07 does not know and cannot say; the server checks it all the same. */
const DROPPED = new Set([
  '$comment',
  '$defs',
  '$dynamic',
  '$group',
  '$hidden',
  '$internalStorageUri',
  '$plugin',
  '$secret',
  'definitions',
  'maxContains',
  'minContains',
  'unevaluatedItems',
  'unevaluatedProperties',
])
const ANNOTATIONS = new Set([
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
])

/** The schema of a type's properties, without annotations of the type and without its definitions. */
export function translateProperties(schema: JsonSchema, places: SchemaPlaces): JsonSchema {
  return translateKeywords(schema, { ...places, isDynamic: false, isValue: true })
}

/** One of a type's own definitions, as it is where expressions may, or may not, stand for parts of it. */
export function translateDefinition(schema: JsonValue, places: SchemaPlaces, isDynamic: boolean): JsonValue {
  return translate(schema, { ...places, isDynamic, isValue: true })
}

function translate(node: JsonValue, context: Context): JsonValue {
  if (!isObject(node)) return node
  const own = node['$dynamic']
  const here: Context = { ...context, isDynamic: typeof own === 'boolean' ? own : context.isDynamic }
  const kind = PLUGIN_KINDS.find((known) => known === node['$plugin'])
  const translated =
    kind === undefined ? translateKeywords(node, here) : pluginPlace(node, here.kindReference(kind))
  if (!here.isDynamic || !here.isValue || acceptsAnyText(node)) return translated
  const { annotations, rules } = split(translated)
  return { ...annotations, anyOf: [rules, EXPRESSION] }
}

function translateKeywords(node: JsonObject, context: Context): JsonObject {
  const entries = Object.entries(node).flatMap(([keyword, value]) =>
    translateKeyword(node, keyword, value, context),
  )
  const { $ref: reference, ...others } = Object.fromEntries(entries)
  if (reference === undefined) return others
  // Draft 07 ignores what stands beside a reference.
  return Object.keys(others).length === 0 ? { $ref: reference } : withAlso(others, { $ref: reference })
}

function translateKeyword(
  node: JsonObject,
  keyword: string,
  value: JsonValue,
  context: Context,
): readonly (readonly [string, JsonValue])[] {
  const inner: Context = { ...context, isValue: true }
  const same: Context = { ...context, isValue: false }
  if (DROPPED.has(keyword)) return []
  if (keyword === 'items' && node['prefixItems'] !== undefined)
    return [['additionalItems', translate(value, inner)]]
  if (SINGLE.has(keyword)) return [[keyword, translate(value, inner)]]
  if (SAME_VALUE.has(keyword)) return [[keyword, translate(value, same)]]
  if (SAME_VALUE_LISTS.has(keyword) && isList(value)) {
    return [[keyword, value.map((branch) => translate(branch, same))]]
  }
  if (MAPS.has(keyword) && isObject(value))
    return [[keyword, mapValues(value, (item) => translate(item, inner))]]
  switch (keyword) {
    case '$ref':
      return [['$ref', translateReference(value, context)]]
    case 'prefixItems':
      return isList(value) ? [['items', value.map((item) => translate(item, inner))]] : []
    case 'dependentRequired':
    case 'dependentSchemas':
      return [['dependencies', dependencies(node, same)]]
    case 'format':
      // The format of RFC 3339 knows no fractions of a second; flows do.
      return value === 'duration' && node['pattern'] === undefined
        ? [['pattern', DURATION_PATTERN]]
        : [['format', value]]
    default:
      return [[keyword, value]]
  }
}

function translateReference(reference: JsonValue, context: Context): JsonValue {
  const name = typeof reference === 'string' ? /^#\/\$defs\/(.+)$/.exec(reference)?.[1] : undefined
  return name === undefined ? reference : context.definitionReference(name, context.isDynamic)
}

function dependencies(node: JsonObject, context: Context): JsonObject {
  const required = node['dependentRequired']
  const schemas = node['dependentSchemas']
  return {
    ...(required !== undefined && isObject(required) ? required : {}),
    ...(schemas !== undefined && isObject(schemas)
      ? mapValues(schemas, (item) => translate(item, context))
      : {}),
  }
}

/** A plugin, a list of plugins, or either. */
function pluginPlace(node: JsonObject, reference: string): JsonObject {
  const { annotations } = split(node)
  const one: JsonSchema = { $ref: reference }
  const list: JsonSchema = { type: 'array', items: one }
  if (node['type'] === 'object') return withAlso(annotations, one)
  if (node['type'] === 'array') return { ...annotations, ...list }
  return { ...annotations, anyOf: [one, list] }
}

function withAlso(schema: JsonObject, rule: JsonSchema): JsonObject {
  const known = schema['allOf']
  return { ...schema, allOf: [...(known !== undefined && isList(known) ? known : []), rule] }
}

function split(node: JsonObject): { readonly annotations: JsonObject; readonly rules: JsonObject } {
  const entries = Object.entries(node)
  return {
    annotations: Object.fromEntries(entries.filter(([keyword]) => ANNOTATIONS.has(keyword))),
    rules: Object.fromEntries(entries.filter(([keyword]) => !ANNOTATIONS.has(keyword))),
  }
}

/** Then an expression needs no branch of its own. */
function acceptsAnyText({ type, ...node }: JsonObject): boolean {
  const acceptsText = type === 'string' || (type !== undefined && isList(type) && type.includes('string'))
  return (
    acceptsText &&
    Object.keys(node).every(
      (keyword) => ANNOTATIONS.has(keyword) || (DROPPED.has(keyword) && keyword !== '$plugin'),
    )
  )
}

function mapValues(object: JsonObject, map: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]))
}
