import { type JsonObject, PLUGIN_KINDS } from '@pinion/plugin-sdk/manifest'
import { Ajv2020 } from 'ajv/dist/2020.js'
import {
  MAX_PATTERN_LENGTH,
  MAX_SCHEMA_DEPTH,
  MAX_SCHEMA_NODES,
  MAX_VALUE_DEPTH,
  MAX_VALUE_NODES,
} from '../limits.ts'
import { compilePattern } from '../schema/pattern.ts'
import { isJsonObject, isJsonWithin } from './json.ts'
import type { ProblemList } from './object-reader.ts'
import {
  LOCAL_REFERENCE,
  SCHEMA_KEYWORDS,
  SCHEMA_LIST_KEYWORDS,
  SCHEMA_MAP_KEYWORDS,
  VALUE_KEYWORDS,
} from './schema-keywords.ts'

/** Core properties of every plugin: flow owns them, so no type may declare one of its own. */
const RESERVED_PROPERTIES = ['id', 'type', 'version'] as const

const DRAFT = 'https://json-schema.org/draft/2020-12/schema'

/**
 * Vets the schema of a type's properties: the rules of {@link vetSchema}, and that it describes a closed object that
 * declares none of the reserved names.
 */
export function vetPropertiesSchema(value: unknown, path: string, problems: ProblemList): JsonObject {
  const schema = vetSchema(value, path, problems)
  if (schema['type'] !== 'object') problems.add(`${path}.type`, 'must be "object"')
  if (schema['additionalProperties'] !== false) problems.add(`${path}.additionalProperties`, 'must be false')
  const properties = schema['properties']
  for (const name of RESERVED_PROPERTIES) {
    if (isJsonObject(properties) && Object.hasOwn(properties, name)) {
      problems.add(`${path}.properties.${name}`, `is reserved: rename the property "${name}"`)
    }
  }
  return schema
}

/**
 * Vets an untrusted JSON Schema: bounded in depth and size, known keywords only, references into its own `$defs` only,
 * patterns that RE2 can run in linear time, and valid by the draft's own meta-schema.
 */
export function vetSchema(value: unknown, path: string, problems: ProblemList): JsonObject {
  if (!isJsonObject(value)) {
    problems.add(path, 'must be a JSON Schema object')
    return {}
  }
  const walk: SchemaWalk = { root: value, problems, nodes: 0 }
  const countBefore = problems.count
  vetNode(value, path, 0, walk)
  // The meta-schema's validator recurses: it only sees what the bounds above let through.
  if (problems.count === countBefore) vetByMetaSchema(value, path, problems)
  return value
}

interface SchemaWalk {
  readonly root: JsonObject
  readonly problems: ProblemList
  nodes: number
}

function vetNode(node: unknown, path: string, depth: number, walk: SchemaWalk): void {
  if (typeof node === 'boolean') return
  if (!isJsonObject(node)) return walk.problems.add(path, 'must be a schema: an object, true or false')
  if (walk.nodes > MAX_SCHEMA_NODES) return
  if (++walk.nodes > MAX_SCHEMA_NODES)
    return walk.problems.add(path, `the schema has more than ${MAX_SCHEMA_NODES} nodes`)
  if (depth > MAX_SCHEMA_DEPTH)
    return walk.problems.add(path, `is nested deeper than ${MAX_SCHEMA_DEPTH} levels`)
  for (const [keyword, value] of Object.entries(node)) {
    vetKeyword(keyword, value, `${path}.${keyword}`, depth, walk)
  }
}

function vetKeyword(keyword: string, value: unknown, path: string, depth: number, walk: SchemaWalk): void {
  if (SCHEMA_KEYWORDS.has(keyword)) return vetNode(value, path, depth + 1, walk)
  if (SCHEMA_LIST_KEYWORDS.has(keyword)) {
    if (!Array.isArray(value)) return walk.problems.add(path, 'must be a list of schemas')
    for (const [index, child] of value.entries()) vetNode(child, `${path}[${index}]`, depth + 1, walk)
    return
  }
  if (SCHEMA_MAP_KEYWORDS.has(keyword)) {
    if (!isJsonObject(value)) return walk.problems.add(path, 'must be an object of schemas')
    for (const [name, child] of Object.entries(value)) {
      if (name === '__proto__') walk.problems.add(path, 'must not declare "__proto__"')
      if (keyword === 'patternProperties') vetPattern(name, path, walk.problems)
      vetNode(child, `${path}.${name}`, depth + 1, walk)
    }
    return
  }
  if (!VALUE_KEYWORDS.has(keyword)) return walk.problems.add(path, 'is not a known keyword')
  // The validator writes such values into the code that it makes: as deep as they are, and __proto__ by its meaning.
  if (!isJsonWithin(value, MAX_VALUE_DEPTH, MAX_VALUE_NODES)) {
    return walk.problems.add(path, `is nested deeper than ${MAX_VALUE_DEPTH} levels or too large`)
  }
  if (JSON.stringify(value).includes('"__proto__"')) {
    return walk.problems.add(path, 'must not hold "__proto__"')
  }
  vetValue(keyword, value, path, walk)
}

function vetValue(keyword: string, value: unknown, path: string, walk: SchemaWalk): void {
  switch (keyword) {
    case '$ref': {
      const name = typeof value === 'string' ? LOCAL_REFERENCE.exec(value)?.[1] : undefined
      const definitions = walk.root['$defs']
      if (name === undefined) walk.problems.add(path, 'must be of the form #/$defs/NAME')
      else if (!isJsonObject(definitions) || !Object.hasOwn(definitions, name))
        walk.problems.add(path, `points to $defs.${name}, which does not exist`)
      return
    }
    case '$schema':
      if (value !== DRAFT) walk.problems.add(path, `must be "${DRAFT}"`)
      return
    case 'pattern':
      if (typeof value === 'string') vetPattern(value, path, walk.problems)
      return
    case '$plugin':
      if (!PLUGIN_KINDS.some((kind) => kind === value))
        walk.problems.add(path, `must be one of ${PLUGIN_KINDS.join(', ')}`)
      return
    case '$dynamic':
    case '$hidden':
    case '$internalStorageUri':
    case '$secret':
      if (typeof value !== 'boolean') walk.problems.add(path, 'must be true or false')
      return
    case '$group':
      if (typeof value !== 'string' || !/^[\w -]{1,64}$/.test(value))
        walk.problems.add(path, 'must be a name of up to 64 letters, digits, spaces and dashes')
  }
}

function vetPattern(pattern: string, path: string, problems: ProblemList): void {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return problems.add(path, `holds a pattern longer than ${MAX_PATTERN_LENGTH} characters`)
  }
  try {
    compilePattern(pattern)
  } catch (error) {
    problems.add(
      path,
      `holds a pattern that RE2 cannot run (no look-around, no back-references): ${describe(error)}`,
    )
  }
}

// One validator for all manifests: it only ever knows the draft's own meta-schema, so it does not grow.
const metaSchema = new Ajv2020({ strict: false, logger: false, validateFormats: false, allErrors: false })

function vetByMetaSchema(schema: JsonObject, path: string, problems: ProblemList): void {
  if (metaSchema.validateSchema(schema) === true) return
  for (const { instancePath, message } of metaSchema.errors ?? []) {
    problems.add(path, `is no valid JSON Schema: ${instancePath || '(root)'} ${message ?? ''}`)
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
