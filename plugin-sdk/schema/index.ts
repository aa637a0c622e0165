export { closeObjects } from './close-objects.ts'
export {
  describeError,
  PLUGIN_KEYWORDS,
  pathOfError,
  SCHEMA_KEYWORDS,
  SchemaDialect,
  type Validate,
} from './dialect.ts'
export { allowExpressions } from './expressions.ts'
export { FaultList, inOrder } from './faults.ts'
export { type DeclaredType, type ParsedTypeSchema, parseTypeSchema } from './parse-type-schema.ts'
export { SourceDocument, type SourcePath, type SourcePosition } from './source-document.ts'
export { isJsonObject, mapSubschemas, type SchemaPath, walkSchema } from './subschemas.ts'
export { AUTHORED_KINDS, type AuthoredKind, type SchemaFileExample } from './type-schema.ts'
