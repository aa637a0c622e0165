import type { JsonObject, JsonValue } from '@pinion/plugin-sdk/manifest'
import { isJsonObject, LOCAL_REFERENCE } from '../manifest/index.ts'
import { SCHEMA_KEYWORDS, SCHEMA_LIST_KEYWORDS, SCHEMA_MAP_KEYWORDS } from '../manifest/schema-keywords.ts'

/** The validator's keyword that holds for a text with an expression in it. */
export const EXPRESSION_KEYWORD = '$expression'

/**
 * Turns a type's schema into the one that its properties are validated by:
 *
 * - where `$plugin` stands, an object with a `type` (or a list of them) will do: whoever resolves that plugin checks it;
 * - with `expressions`, a text with an expression satisfies every schema that is `$dynamic` or stands below one that is.
 *
 * @param schema - vetted
 */
export function adaptSchema(
  schema: JsonObject,
  { expressions }: { readonly expressions: boolean },
): JsonObject {
  const definitions = isJsonObject(schema['$defs']) ? schema['$defs'] : {}
  const { $defs: _, ...root } = schema
  const adapted = adaptObject(root, { expressions, isDynamic: false })
  const adaptedDefinitions: [string, JsonValue][] = []
  for (const [name, definition] of Object.entries(definitions)) {
    adaptedDefinitions.push([name, adaptNode(definition, { expressions, isDynamic: false })])
    // A definition means another thing where an expression may stand for any part of it.
    if (expressions) {
      adaptedDefinitions.push([dynamicName(name), adaptNode(definition, { expressions, isDynamic: true })])
    }
  }
  return adaptedDefinitions.length === 0
    ? adapted
    : { ...adapted, $defs: Object.fromEntries(adaptedDefinitions) }
}

interface Context {
  readonly expressions: boolean
  /** Whether a schema above says `$dynamic`. */
  readonly isDynamic: boolean
}

function adaptNode(node: JsonValue, context: Context): JsonValue {
  if (!isJsonObject(node)) return node
  const own = node['$dynamic']
  const isDynamic = typeof own === 'boolean' ? own : context.isDynamic
  const adapted = '$plugin' in node ? pluginPlace(node) : adaptObject(node, { ...context, isDynamic })
  if (!context.expressions || !isDynamic || acceptsAnyText(node)) return adapted
  return { if: { type: 'string', [EXPRESSION_KEYWORD]: true }, else: adapted }
}

function adaptObject(node: JsonObject, context: Context): JsonObject {
  return Object.fromEntries(
    Object.entries(node).map(([keyword, value]) => [keyword, adaptKeyword(keyword, value, context)]),
  )
}

function adaptKeyword(keyword: string, value: JsonValue, context: Context): JsonValue {
  if (SCHEMA_KEYWORDS.has(keyword)) return adaptNode(value, context)
  if (SCHEMA_LIST_KEYWORDS.has(keyword) && Array.isArray(value)) {
    return value.map((entry) => adaptNode(entry, context))
  }
  if (SCHEMA_MAP_KEYWORDS.has(keyword) && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, adaptNode(entry, context)]))
  }
  if (keyword === '$ref' && typeof value === 'string' && context.expressions && context.isDynamic) {
    const name = LOCAL_REFERENCE.exec(value)?.[1]
    return name === undefined ? value : `#/$defs/${dynamicName(name)}`
  }
  return value
}

/** Cannot collide with an author's name: a local reference holds no colon. */
function dynamicName(name: string): string {
  return `${name}:dynamic`
}

const PLUGIN: JsonObject = {
  type: 'object',
  required: ['type'],
  properties: { type: { type: 'string', minLength: 1 } },
}
const KEPT_AT_PLUGIN = ['default', 'minItems', 'maxItems'] as const

function pluginPlace(node: JsonObject): JsonObject {
  const kept = Object.fromEntries(
    KEPT_AT_PLUGIN.flatMap((keyword) => {
      const value = node[keyword]
      return value === undefined ? [] : [[keyword, value] as const]
    }),
  )
  if (node['type'] === 'object') return { ...kept, ...PLUGIN }
  const list = { type: 'array', items: PLUGIN }
  return node['type'] === 'array' ? { ...kept, ...list } : { ...kept, anyOf: [PLUGIN, list] }
}

const ANNOTATIONS = new Set(['type', 'title', 'description', 'default', 'examples', 'deprecated', '$comment'])

/** Spares the validator a branch where a text with an expression passes anyhow. */
function acceptsAnyText(node: JsonObject): boolean {
  const type = node['type']
  const acceptsText = type === 'string' || (Array.isArray(type) && type.includes('string'))
  return (
    acceptsText &&
    Object.keys(node).every(
      (keyword) => ANNOTATIONS.has(keyword) || (keyword.startsWith('$') && keyword !== '$ref'),
    )
  )
}
