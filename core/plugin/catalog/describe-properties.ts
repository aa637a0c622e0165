import type { JsonObject, JsonValue, PluginKind } from '@pinion/plugin-sdk/manifest'
import { PLUGIN_KINDS } from '@pinion/plugin-sdk/manifest'
import { isJsonObject, LOCAL_REFERENCE } from '../manifest/index.ts'

export interface PropertyDescription {
  readonly name: string
  /** Such as `string`, `integer`, `array of string`, `map of string`, `string or integer`, `taskRunner`. */
  readonly type: string
  readonly title?: string
  /** Markdown. */
  readonly description?: string
  readonly isRequired: boolean
  readonly default?: JsonValue
  /** An expression may stand there. */
  readonly isDynamic: boolean
  readonly isSecret: boolean
  readonly isInternalStorageUri: boolean
  readonly isDeprecated: boolean
  /** The allowed values, where they are listed. */
  readonly choices?: readonly JsonValue[]
  /** Readable bounds, such as `at least 1` or `format: uri`. */
  readonly constraints: readonly string[]
  /** Which plugins may stand there. */
  readonly pluginKind?: PluginKind
  /** Of a map with declared properties, or of a list of such. */
  readonly properties?: readonly PropertyDescription[]
}

export interface PropertyGroup {
  readonly name: string
  readonly properties: readonly PropertyDescription[]
}

const GROUP_ORDER = [
  'main',
  'connection',
  'source',
  'processing',
  'execution',
  'destination',
  'reliability',
  'advanced',
]
/** Levels of nested properties shown; what lies deeper is in the JSON Schema. */
const MAX_SHOWN_DEPTH = 4

/** The properties of a schema by `$group`, required ones first; hidden ones are left out. */
export function describeGroups(schema: JsonObject): readonly PropertyGroup[] {
  const names = new Map<string, PropertyDescription[]>(GROUP_ORDER.map((name) => [name, []]))
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  for (const description of describeProperties(schema)) {
    const declared = properties[description.name]
    const group =
      isJsonObject(declared) && typeof declared['$group'] === 'string' ? declared['$group'] : 'main'
    const members = names.get(group)
    if (members === undefined) names.set(group, [description])
    else members.push(description)
  }
  return Array.from(names, ([name, members]) => ({ name, properties: members })).filter(
    (group) => group.properties.length > 0,
  )
}

export function describeProperties(schema: JsonObject): readonly PropertyDescription[] {
  const definitions = isJsonObject(schema['$defs']) ? schema['$defs'] : {}
  return describeAll(schema, definitions, 0)
}

function describeAll(
  schema: JsonObject,
  definitions: JsonObject,
  depth: number,
): readonly PropertyDescription[] {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : [])
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {}
  return Object.entries(properties)
    .flatMap(([name, value]) => {
      const property = dereference(value, definitions)
      return property['$hidden'] === true
        ? []
        : [describe(name, property, required.has(name), definitions, depth)]
    })
    .toSorted((left, right) => Number(right.isRequired) - Number(left.isRequired))
}

function describe(
  name: string,
  property: JsonObject,
  isRequired: boolean,
  definitions: JsonObject,
  depth: number,
): PropertyDescription {
  const kind = PLUGIN_KINDS.find((known) => known === property['$plugin'])
  const nested = depth + 1 < MAX_SHOWN_DEPTH ? nestedProperties(property, definitions, depth + 1) : []
  return {
    name,
    type: typeName(property, definitions, 0),
    ...(typeof property['title'] === 'string' ? { title: property['title'] } : {}),
    ...(typeof property['description'] === 'string' ? { description: property['description'] } : {}),
    isRequired: isRequired && property['default'] === undefined,
    ...(property['default'] === undefined ? {} : { default: property['default'] }),
    isDynamic: property['$dynamic'] === true,
    isSecret: property['$secret'] === true,
    isInternalStorageUri: property['$internalStorageUri'] === true,
    isDeprecated: property['deprecated'] === true,
    ...(Array.isArray(property['enum']) ? { choices: property['enum'] } : {}),
    constraints: constraintsOf(property),
    ...(kind === undefined ? {} : { pluginKind: kind }),
    ...(nested.length === 0 ? {} : { properties: nested }),
  }
}

function nestedProperties(
  property: JsonObject,
  definitions: JsonObject,
  depth: number,
): readonly PropertyDescription[] {
  if (isJsonObject(property['properties'])) return describeAll(property, definitions, depth)
  return isJsonObject(property['items'])
    ? describeAll(dereference(property['items'], definitions), definitions, depth)
    : []
}

function typeName(property: JsonObject, definitions: JsonObject, depth: number): string {
  if (typeof property['$plugin'] === 'string') return property['$plugin']
  const branches = property['oneOf'] ?? property['anyOf']
  if (Array.isArray(branches) && depth < MAX_SHOWN_DEPTH) {
    const names = branches.map((branch) => typeName(dereference(branch, definitions), definitions, depth + 1))
    return [...new Set(names)].join(' or ')
  }
  const type = property['type']
  if (Array.isArray(type)) return type.join(' or ')
  if (type === 'array') return elementName('array', property['items'], definitions, depth)
  if (type === 'object' && isJsonObject(property['additionalProperties'])) {
    return elementName('map', property['additionalProperties'], definitions, depth)
  }
  return typeof type === 'string' ? type : 'any'
}

function elementName(
  container: string,
  element: JsonValue | undefined,
  definitions: JsonObject,
  depth: number,
): string {
  if (!isJsonObject(element) || depth >= MAX_SHOWN_DEPTH) return container
  return `${container} of ${typeName(dereference(element, definitions), definitions, depth + 1)}`
}

const CONSTRAINTS: readonly (readonly [keyword: string, says: string])[] = [
  ['const', 'exactly'],
  ['minimum', 'at least'],
  ['maximum', 'at most'],
  ['exclusiveMinimum', 'more than'],
  ['exclusiveMaximum', 'less than'],
  ['multipleOf', 'a multiple of'],
  ['minLength', 'shortest length'],
  ['maxLength', 'longest length'],
  ['minItems', 'fewest entries'],
  ['maxItems', 'most entries'],
  ['pattern', 'matches'],
  ['format', 'format:'],
]

function constraintsOf(property: JsonObject): readonly string[] {
  return CONSTRAINTS.flatMap(([keyword, says]) => {
    const value = property[keyword]
    return value === undefined ? [] : [`${says} ${typeof value === 'string' ? value : JSON.stringify(value)}`]
  })
}

/** What stands beside a reference, such as a description of its own, wins over what it refers to. */
function dereference(value: JsonValue | undefined, definitions: JsonObject): JsonObject {
  if (!isJsonObject(value)) return {}
  const name = typeof value['$ref'] === 'string' ? LOCAL_REFERENCE.exec(value['$ref'])?.[1] : undefined
  const target = name === undefined ? undefined : definitions[name]
  return isJsonObject(target) ? { ...target, ...value } : value
}
