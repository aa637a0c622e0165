import type { JsonSchema } from '../manifest/index.ts'
import { mapSubschemas } from './subschemas.ts'

/** Keywords whose subschemas describe the same value as their parent. */
const SAME_VALUE = new Set(['allOf', 'anyOf', 'dependentSchemas', 'else', 'if', 'not', 'oneOf', 'then'])
/** Keywords whose subschemas describe no value in the flow: definitions, and the names of properties. */
const NO_VALUE = new Set(['$defs', 'propertyNames'])

const IS_EXPRESSION: JsonSchema = { type: 'string', pattern: '\\{\\{|\\{%' }

/**
 * Lets an expression stand wherever `$dynamic: true` says so, and below it: the schema of what an author writes
 * in a flow, where the plain schema is that of the rendered values.
 */
export function allowExpressions(schema: JsonSchema): JsonSchema {
  return relax(schema, false, false)
}

function relax(schema: JsonSchema, isDynamicAbove: boolean, mayStandHere: boolean): JsonSchema {
  const own = schema['$dynamic']
  const isDynamic = typeof own === 'boolean' ? own : isDynamicAbove
  const relaxed = mapSubschemas(schema, (subschema, keyword) => {
    if (NO_VALUE.has(keyword)) return relax(subschema, false, false)
    return relax(subschema, isDynamic, !SAME_VALUE.has(keyword))
  })
  return isDynamic && mayStandHere ? { if: IS_EXPRESSION, else: relaxed } : relaxed
}
