import type { JsonSchema, JsonValue } from '@pinion/plugin-sdk/manifest'
import type { PropertyPath } from '../path/property-path.ts'
import { isList, isObject } from './read-flow.ts'

/** What a schema says of one place: every subschema that describes it, and whether an expression may stand there. */
export interface Place {
  readonly schemas: readonly JsonSchema[]
  readonly isDynamic: boolean
  /** The document in which the schemas' local references lead. */
  readonly root: JsonSchema
}

/** The place of a whole value. */
export function rootPlace(schema: JsonSchema): Place {
  return placeOf([schema], schema, false)
}

/** Whether a schema has anything to say of a path: if not, a name on it is unknown. */
export function isDeclared(schema: JsonSchema, path: PropertyPath): boolean {
  const place = path.reduce<Place>(childPlace, rootPlace(schema))
  return place.schemas.length > 0
}

/** @param isInherited - what the schema above said */
function placeOf(schemas: readonly JsonValue[], root: JsonSchema, isInherited: boolean): Place {
  const found = expand(schemas, root)
  const marks = found.map((schema) => schema['$dynamic']).filter((mark) => typeof mark === 'boolean')
  return { schemas: found, root, isDynamic: marks.length === 0 ? isInherited : marks.includes(true) }
}

const SAME_VALUE_LISTS = ['allOf', 'anyOf', 'oneOf'] as const
const SAME_VALUE = ['then', 'else'] as const

/** The schemas and all that describe the same value: references followed, alternatives and conditions opened. */
function expand(schemas: readonly JsonValue[], root: JsonSchema): readonly JsonSchema[] {
  const found = new Set<JsonSchema>()
  const open = [...schemas]
  for (let schema = open.pop(); schema !== undefined; schema = open.pop()) {
    if (!isObject(schema) || found.has(schema)) continue
    found.add(schema)
    const reference = schema['$ref']
    if (typeof reference === 'string') {
      const target = followReference(reference, root)
      if (target !== undefined) open.push(target)
    }
    for (const keyword of SAME_VALUE) {
      const branch = schema[keyword]
      if (branch !== undefined) open.push(branch)
    }
    for (const keyword of SAME_VALUE_LISTS) {
      const branches = schema[keyword]
      if (branches !== undefined && isList(branches)) open.push(...branches)
    }
  }
  return [...found]
}

export function childPlace(place: Place, step: string | number): Place {
  const children = place.schemas.flatMap((schema) =>
    typeof step === 'number' ? itemSchemas(schema, step) : memberSchemas(schema, step),
  )
  return placeOf(children, place.root, place.isDynamic)
}

function itemSchemas(schema: JsonSchema, index: number): readonly JsonValue[] {
  const prefix = schema['prefixItems']
  const own = prefix !== undefined && isList(prefix) ? prefix[index] : undefined
  const item = own ?? schema['items']
  return item === undefined ? [] : [item]
}

function memberSchemas(schema: JsonSchema, name: string): readonly JsonValue[] {
  const properties = schema['properties']
  if (properties !== undefined && isObject(properties) && Object.hasOwn(properties, name)) {
    const own = properties[name]
    return own === undefined ? [] : [own]
  }
  const patterns = schema['patternProperties']
  const additional = schema['additionalProperties']
  return [
    ...(patterns !== undefined && isObject(patterns) ? Object.values(patterns) : []),
    ...(additional === undefined ? [] : [additional]),
  ]
}

/** `#/$defs/name` and the like, by own properties only. */
function followReference(reference: string, root: JsonSchema): JsonValue | undefined {
  if (!reference.startsWith('#')) return undefined
  let target: JsonValue | undefined = root
  for (const part of reference.slice(1).split('/').slice(1)) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    target =
      target !== undefined && isObject(target) && Object.hasOwn(target, name) ? target[name] : undefined
  }
  return target
}
