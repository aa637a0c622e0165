import type { JsonObject, JsonSchema, JsonValue } from '@pinion/plugin-sdk/manifest'
import type { CompiledValue } from '../../expression/index.ts'
import { compileValue, isTemplate } from '../../expression/index.ts'
import { formatPath, type PropertyPath } from '../path/property-path.ts'
import { combineList, combineObject, literal } from './combined-value.ts'
import { isList } from './read-flow.ts'
import { childPlace, type Place, rootPlace } from './schema-place.ts'

/**
 * Texts with an expression where the schema takes none: they stay as they are. An expression may stand where the schema
 * says `$dynamic`, and below; a plugin within the plugin goes by its own type's schema.
 *
 * @param schema - of the type, unless `nested` says otherwise further down
 * @param nested - by the object that stands in `properties`: the schema of that plugin's own type
 */
export function findUnrendered(
  properties: JsonObject,
  schema: JsonSchema,
  nested: ReadonlyMap<JsonValue, JsonSchema>,
): readonly PropertyPath[] {
  const found: PropertyPath[] = []

  function visit(value: JsonValue, place: Place, path: PropertyPath): void {
    if (typeof value === 'string' && !place.isDynamic && isTemplate(value)) found.push(path)
    if (value === null || typeof value !== 'object') return
    const own = nested.get(value)
    const here = own === undefined ? place : rootPlace(own)
    for (const [name, item] of Object.entries(value)) {
      const step = isList(value) ? Number(name) : name
      visit(item, childPlace(here, step), [...path, step])
    }
  }

  visit(properties, rootPlace(schema), [])
  return found
}

/** @param unrendered - what {@link findUnrendered} found; names on the way to it are not rendered either */
export function compileProperties(
  value: JsonValue,
  unrendered: readonly PropertyPath[],
  path: PropertyPath = [],
): CompiledValue {
  if (unrendered.length === 0) return compileValue(value, formatPath(path))
  if (value === null || typeof value !== 'object') return literal(value)
  const compileAt = (step: string | number, item: JsonValue) => {
    const below = unrendered.filter(([first]) => first === step).map((each) => each.slice(1))
    return compileProperties(item, below, [...path, step])
  }
  return isList(value)
    ? combineList(value.map((item, index) => compileAt(index, item)))
    : combineObject(Object.entries(value).map(([name, item]) => [name, compileAt(name, item)]))
}
