import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { DURATION_PATTERN, type JsonSchema, type JsonValue, PLUGIN_KINDS } from '../manifest/index.ts'
import { collapseAlternatives } from './alternatives.ts'

/** What a schema may say beyond JSON Schema 2020-12; none of it changes which values are valid. */
export const PLUGIN_KEYWORDS = [
  '$group',
  '$dynamic',
  '$hidden',
  '$internalStorageUri',
  '$secret',
  '$plugin',
] as const

const ANNOTATIONS = [
  'title',
  'description',
  'default',
  'deprecated',
  'examples',
  'readOnly',
  'writeOnly',
] as const
/** Neither `$schema` nor `$id`: the dialect is fixed, and a schema is known by its type id. */
const CORE = ['$ref', '$defs', '$comment'] as const
const APPLICATORS = [
  'additionalProperties',
  'allOf',
  'anyOf',
  'contains',
  'dependentSchemas',
  'else',
  'if',
  'items',
  'not',
  'oneOf',
  'patternProperties',
  'prefixItems',
  'properties',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
] as const
const ASSERTIONS = [
  'const',
  'contentEncoding',
  'contentMediaType',
  'dependentRequired',
  'enum',
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
  'required',
  'type',
  'uniqueItems',
] as const

export const SCHEMA_KEYWORDS: ReadonlySet<string> = new Set([
  ...PLUGIN_KEYWORDS,
  ...ANNOTATIONS,
  ...CORE,
  ...APPLICATORS,
  ...ASSERTIONS,
])

/** A compiled schema; gives every fault of a value. */
export type Validate = (value: unknown) => readonly ErrorObject[]

/** The dialect of JSON Schema that plugins speak: draft 2020-12, all faults at once, the platform's formats. */
export class SchemaDialect {
  readonly #checker = createAjv({})
  readonly #filler = createAjv({ useDefaults: true })

  /** @returns faults of the schema itself, by JSON pointer. */
  faultsOf(schema: JsonSchema): readonly ErrorObject[] {
    this.#checker.validateSchema(schema)
    return tidy(this.#checker.errors)
  }

  /** @returns whether `format` has a meaning here. */
  knowsFormat(format: string): boolean {
    return Object.hasOwn(this.#checker.formats, format)
  }

  /** @throws Error if the schema is not valid or a `$ref` leads nowhere. */
  compile(schema: JsonSchema): Validate {
    return checkWith(this.#checker, schema)
  }

  /** Like {@link compile}; values checked are filled in place with the schema's defaults. */
  compileFilling(schema: JsonSchema): Validate {
    return checkWith(this.#filler, schema)
  }
}

function checkWith(ajv: Ajv2020, schema: JsonSchema): Validate {
  const validate = ajv.compile(schema)
  // Compiled code is held by this closure; ajv's own cache would keep every schema that was ever edited.
  ajv.removeSchema(schema)
  return (value) => (validate(value) ? [] : tidy(validate.errors))
}

function createAjv(options: { readonly useDefaults?: boolean }): Ajv2020 {
  const ajv = new Ajv2020({
    ...options,
    allErrors: true,
    strict: false,
    logger: false,
    verbose: true,
    addUsedSchema: false,
    // Half the time to compile; a schema is compiled on every edit and then checks a handful of values.
    code: { optimize: false },
    inlineRefs: false,
  })
  addFormats.default(ajv)
  ajv.addFormat('duration', new RegExp(DURATION_PATTERN))
  ajv.addKeyword({ keyword: '$group', schemaType: 'string' })
  for (const keyword of ['$dynamic', '$hidden', '$internalStorageUri', '$secret']) {
    ajv.addKeyword({ keyword, schemaType: 'boolean' })
  }
  ajv.addKeyword({ keyword: '$plugin', metaSchema: { enum: [...PLUGIN_KINDS] } })
  return ajv
}

/** The path of the value (or of the property too many) that an ajv error is about. */
export function pathOfError(error: ErrorObject): readonly string[] {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  const extra: unknown = error.params['additionalProperty'] ?? error.params['unevaluatedProperty']
  return typeof extra === 'string' ? [...path, extra] : path
}

/** Says in words what an ajv error means, with the allowed values where there are few. */
export function describeError(error: ErrorObject): string {
  const path = pathOfError(error).join('.')
  if (error.keyword === 'required') {
    const missing = `\`${String(error.params['missingProperty'])}\``
    return path === '' ? `${missing} is missing` : `\`${path}\` lacks ${missing}`
  }
  return `${path === '' ? 'it' : `\`${path}\``} ${describePredicate(error)}`
}

function describePredicate(error: ErrorObject): string {
  switch (error.keyword) {
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is not a known property'
    case 'enum':
      return `must be one of ${listValues(error.params['allowedValues'])}`
    case 'const':
      return `must be ${listValues([error.params['allowedValue']])}`
    case 'false schema':
      return 'is not allowed'
    default:
      return error.message ?? 'is not valid'
  }
}

/** An `if` only repeats what stands in another error. */
function tidy(errors: readonly ErrorObject[] | null | undefined): readonly ErrorObject[] {
  const telling = (errors ?? []).filter((error) => error.keyword !== 'if')
  return collapseAlternatives(telling, describePredicate)
}

function listValues(values: unknown): string {
  return Array.isArray(values)
    ? values.map((value: JsonValue) => JSON.stringify(value)).join(', ')
    : String(values)
}

function unescapePointer(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~')
}
