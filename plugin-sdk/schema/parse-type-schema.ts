import type { ErrorObject } from 'ajv/dist/2020.js'
import type { BuildFault } from '../errors.ts'
import { MAX_SCHEMA_FILE_BYTES } from '../limits.ts'
import type { JsonSchema } from '../manifest/index.ts'
import { closeObjects } from './close-objects.ts'
import { describeError, pathOfError, SCHEMA_KEYWORDS, type SchemaDialect } from './dialect.ts'
import { FaultList } from './faults.ts'
import { SourceDocument, type SourcePath } from './source-document.ts'
import { isJsonObject, walkSchema } from './subschemas.ts'
import { AUTHORED_KINDS, isForeignKind, isSchemaFile, type SchemaFile } from './type-schema.ts'

/** A parsed `Name.schema.yaml`; `declared` is there if and only if `faults` is empty. */
export interface ParsedTypeSchema {
  readonly file: string
  readonly document: SourceDocument
  readonly declared?: DeclaredType
  readonly faults: readonly BuildFault[]
}

/** A type as its schema file declares it; `properties` and `outputs` refuse what they do not know. */
export interface DeclaredType extends SchemaFile {
  readonly properties: JsonSchema
}

/** The only form of reference that the platform follows. */
const LOCAL_REFERENCE = /^#\/\$defs\/([A-Za-z_][\w.-]*)$/
/**
 * Look-around and back references, which no linear-time engine has. Escaped backslashes and parentheses do not
 * count.
 */
const NOT_LINEAR = /(?<!\\)(?:\\\\)*(?:\(\?<?[=!]|\\[1-9]|\\k<)/

const NO_PROPERTIES: JsonSchema = { type: 'object', properties: {}, additionalProperties: false }

/**
 * Reads a type's schema file: its YAML, its fields, and the JSON Schemas within.
 *
 * @param file - name used in faults
 */
export function parseTypeSchema(text: string, file: string, dialect: SchemaDialect): ParsedTypeSchema {
  const isTooLarge = text.length > MAX_SCHEMA_FILE_BYTES
  const document = new SourceDocument(isTooLarge ? '' : text)
  const list = new FaultList(file, document)
  if (isTooLarge) {
    list.atValue([], {
      code: 'BUILD_TOO_LARGE',
      message: `The schema file is over ${MAX_SCHEMA_FILE_BYTES / 1024} KiB.`,
      hint: 'Move long texts to docs/guides, or split the type.',
    })
  }
  for (const fault of document.syntaxFaults) list.at(fault, { code: 'BUILD_SYNTAX', message: fault.message })
  if (list.faults.length > 0) return { file, document, faults: list.faults }

  const { value } = document
  if (!isSchemaFile(value)) {
    for (const error of isSchemaFile.errors ?? []) reportField(list, error, value)
    return { file, document, faults: list.faults }
  }
  checkSchema(list, 'properties', value.properties, dialect)
  checkSchema(list, 'outputs', value.outputs, dialect)
  if (list.faults.length > 0) return { file, document, faults: list.faults }

  const declared: DeclaredType = {
    ...value,
    properties: value.properties === undefined ? NO_PROPERTIES : closedObject(value.properties),
    ...(value.outputs === undefined ? {} : { outputs: closedObject(value.outputs) }),
  }
  return { file, document, declared, faults: [] }
}

/**
 * The top of a type's properties or outputs is an object, closed even where it is put together from several
 * schemas.
 */
function closedObject(schema: JsonSchema): JsonSchema {
  const { unevaluatedProperties, ...closed } = closeObjects({ properties: {}, ...schema, type: 'object' })
  return { ...closed, additionalProperties: closed['additionalProperties'] ?? unevaluatedProperties ?? false }
}

function reportField(list: FaultList, error: ErrorObject, value: unknown): void {
  const path = pathOfError(error)
  if (error.keyword === 'additionalProperties') {
    list.atKey(path, {
      code: 'BUILD_SCHEMA_INVALID',
      message: `${capitalise(describeError(error))} of a schema file.`,
      hint: 'The fields are kind, type, title, description, properties, outputs, metrics, examples, aliases, deprecated, beta, executedBy and freshContext.',
    })
    return
  }
  const kind = isJsonObject(value) ? value['kind'] : undefined
  if (path.join('.') === 'kind' && isForeignKind(kind)) {
    list.atValue(path, {
      code: 'BUILD_SCHEMA_INVALID',
      message: `A ${kind} cannot be written with this SDK.`,
      hint: `Use one of ${AUTHORED_KINDS.join(', ')}.`,
    })
    return
  }
  list.atValue(path, { code: 'BUILD_SCHEMA_INVALID', message: `${capitalise(describeError(error))}.` })
}

function checkSchema(
  list: FaultList,
  name: 'properties' | 'outputs',
  schema: JsonSchema | undefined,
  dialect: SchemaDialect,
): void {
  if (schema === undefined) return
  for (const error of dialect.faultsOf(schema)) {
    list.atValue([name, ...pathOfError(error)], {
      code: 'BUILD_SCHEMA_INVALID',
      message: `Not a valid JSON Schema: ${describeError(error)}.`,
    })
  }
  if (schema['type'] !== undefined && schema['type'] !== 'object') {
    list.atValue([name, 'type'], {
      code: 'BUILD_SCHEMA_INVALID',
      message: `\`${name}\` must have type object.`,
    })
  }
  walkSchema(schema, (subschema, path) => {
    checkKeywords(list, [name, ...path], subschema, dialect)
    checkReference(list, [name, ...path], subschema, isJsonObject(schema['$defs']) ? schema['$defs'] : {})
    checkPattern(list, [name, ...path], subschema)
  })
}

function checkKeywords(list: FaultList, path: SourcePath, schema: JsonSchema, dialect: SchemaDialect): void {
  for (const keyword of Object.keys(schema)) {
    if (SCHEMA_KEYWORDS.has(keyword)) continue
    list.atKey([...path, keyword], {
      code: 'BUILD_SCHEMA_INVALID',
      message: `\`${keyword}\` is not a keyword of JSON Schema 2020-12 or of plugin schemas.`,
      hint: 'Check the spelling; plain remarks go into `$comment`.',
    })
  }
  const format = schema['format']
  if (typeof format === 'string' && !dialect.knowsFormat(format)) {
    list.atValue([...path, 'format'], {
      code: 'BUILD_SCHEMA_INVALID',
      message: `The format \`${format}\` is not known.`,
      hint: 'Use a format of JSON Schema, such as date-time, duration, uri, email, uuid, or a `pattern`.',
    })
  }
}

function checkReference(
  list: FaultList,
  path: SourcePath,
  schema: JsonSchema,
  definitions: JsonSchema,
): void {
  const reference = schema['$ref']
  if (typeof reference !== 'string') return
  const name = LOCAL_REFERENCE.exec(reference)?.[1]
  if (name !== undefined && Object.hasOwn(definitions, name)) return
  list.atValue([...path, '$ref'], {
    code: 'BUILD_SCHEMA_INVALID',
    message: `"${reference}" does not point to one of the schema's own \`$defs\`.`,
    hint: 'Put the definition into `$defs` beside `properties` and refer to it as `#/$defs/Name`.',
  })
}

function checkPattern(list: FaultList, path: SourcePath, schema: JsonSchema): void {
  const pattern = schema['pattern']
  if (typeof pattern !== 'string' || !NOT_LINEAR.test(pattern)) return
  list.atValue([...path, 'pattern'], {
    code: 'BUILD_SCHEMA_INVALID',
    message: 'The pattern looks ahead, looks back or refers back.',
    hint: 'The platform runs patterns in linear time (RE2): rewrite it without (?=, (?!, (?< or \\1.',
  })
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
