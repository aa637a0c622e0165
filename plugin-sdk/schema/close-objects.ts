import type { JsonSchema } from '../manifest/index.ts'
import { isJsonObject, mapSubschemas } from './subschemas.ts'

/**
 * Keywords whose subschemas look at the same object as their parent: closing one alone would refuse its siblings.
 */
const SAME_OBJECT = new Set(['allOf', 'dependentSchemas', 'else', 'if', 'not', 'then'])
const ALTERNATIVES = new Set(['anyOf', 'oneOf'])

/**
 * Refuses unknown properties at every object level that declares properties, unless the author decided otherwise.
 * A level that is put together from several schemas is closed by `unevaluatedProperties`, which sees through
 * them.
 */
export function closeObjects(schema: JsonSchema): JsonSchema {
  return close(schema, true)
}

function close(schema: JsonSchema, mayClose: boolean): JsonSchema {
  const declares = isJsonObject(schema['properties'])
  const closed = mapSubschemas(schema, (subschema, keyword) => {
    if (SAME_OBJECT.has(keyword)) return close(subschema, false)
    if (ALTERNATIVES.has(keyword)) return close(subschema, mayClose && !declares)
    return close(subschema, true)
  })
  const isDecided = 'additionalProperties' in schema || 'unevaluatedProperties' in schema
  if (!mayClose || !declares || isDecided) return closed
  return isComposed(schema)
    ? { ...closed, unevaluatedProperties: false }
    : { ...closed, additionalProperties: false }
}

function isComposed(schema: JsonSchema): boolean {
  return (
    '$ref' in schema ||
    [...SAME_OBJECT, ...ALTERNATIVES].some((keyword) => keyword !== 'not' && keyword in schema)
  )
}
