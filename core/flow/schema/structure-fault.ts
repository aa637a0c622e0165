import type { ErrorObject } from 'ajv'
import { findNearestName } from '../../plugin/index.ts'
import type { FlowProblemCode } from '../errors.ts'
import { MAX_COLLECTED_PROBLEMS } from '../limits.ts'
import type { PropertyPath } from '../path/property-path.ts'

/** A fault against one of this folder's schemas; `path` is below the value that was checked. */
export interface StructureFault {
  readonly code: FlowProblemCode
  readonly path: PropertyPath
  /** A fault of the name itself, or of the value under it. */
  readonly at: 'key' | 'value'
  readonly message: string
  readonly hint?: string
}

/** Keywords that only repeat what the errors below them say. */
const ECHOES: ReadonlySet<string> = new Set(['if', 'allOf'])

/** Says in words what ajv found (with `verbose`), one fault for each thing that a person must change. */
export function explainErrors(errors: readonly ErrorObject[]): readonly StructureFault[] {
  const found = errors.filter(({ keyword }) => !ECHOES.has(keyword)).slice(0, MAX_COLLECTED_PROBLEMS)
  return withoutLostBranches(found).map(explain)
}

/**
 * Of the alternatives of an `anyOf`, the one that is meant is the one of the value's own kind: its errors stand, the
 * others and the summary go. Without such a one only the summary stays.
 */
function withoutLostBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const dropped = new Set<ErrorObject>()
  for (const summary of errors.filter(({ keyword }) => keyword === 'anyOf')) {
    const branches = new Map<string, ErrorObject[]>()
    for (const error of errors) {
      if (error === summary || !error.schemaPath.startsWith(`${summary.schemaPath}/`)) continue
      if (!error.instancePath.startsWith(summary.instancePath)) continue
      const branch = error.schemaPath.slice(summary.schemaPath.length + 1).split('/', 1)[0] ?? ''
      branches.set(branch, [...(branches.get(branch) ?? []), error])
    }
    const meant = [...branches.values()].filter(
      (found) =>
        !found.some(
          ({ keyword, instancePath }) => isOfWholeValue(keyword) && instancePath === summary.instancePath,
        ),
    )
    const kept = meant.length === 1 ? meant[0] : undefined
    if (kept !== undefined) dropped.add(summary)
    for (const found of branches.values()) {
      if (found !== kept) for (const error of found) dropped.add(error)
    }
  }
  return errors.filter((error) => !dropped.has(error))
}

function isOfWholeValue(keyword: string): boolean {
  return keyword === 'type' || keyword === 'required'
}

function explain(error: ErrorObject): StructureFault {
  const path = readPointer(error.instancePath)
  const params: Readonly<Record<string, unknown>> = error.params
  switch (error.keyword) {
    case 'required': {
      const name = String(params['missingProperty'])
      return {
        code: 'FLOW_PROPERTY_MISSING',
        path: [...path, name],
        at: 'value',
        message: `The property "${name}" is missing.`,
        hint: descriptionOf(propertySchemas(error)[name]) ?? `Add it: ${name}: …`,
      }
    }
    case 'additionalProperties': {
      const name = String(params['additionalProperty'])
      return unknownProperty([...path, name], Object.keys(propertySchemas(error)))
    }
    default:
      return {
        code: 'FLOW_PROPERTY_INVALID',
        path,
        at: 'value',
        message: `${describeValue(error.data)} ${violation(error.keyword, params, error)}.`,
        ...hintFor(error),
      }
  }
}

/** @param known - names that are allowed in its place */
export function unknownProperty(path: PropertyPath, known: readonly string[]): StructureFault {
  const name = String(path.at(-1))
  const nearest = findNearestName(name, known)
  const listed = known.length > 30 ? [...known.slice(0, 30), '…'] : known
  return {
    code: 'FLOW_PROPERTY_UNKNOWN',
    path,
    at: 'key',
    message: `There is no property "${name}" here.`,
    hint: nearest === undefined ? `There are: ${listed.join(', ')}.` : `Did you mean "${nearest}"?`,
  }
}

function violation(keyword: string, params: Readonly<Record<string, unknown>>, error: ErrorObject): string {
  switch (keyword) {
    case 'type':
      return `is not ${article(params['type'])}`
    case 'enum':
      return `is none of ${listOf(params['allowedValues'])}`
    case 'const':
      return `is not ${JSON.stringify(params['allowedValue'])}`
    case 'pattern':
      return 'is not written as it must be'
    case 'maxLength':
      return `has more than ${String(params['limit'])} characters`
    case 'minLength':
      return 'is empty'
    case 'minItems':
      return 'is empty'
    case 'maxItems':
      return `has more than ${String(params['limit'])} entries`
    case 'minimum':
      return `is less than ${String(params['limit'])}`
    case 'anyOf':
      return `is not ${alternativesOf(error.parentSchema)}`
    default:
      return `${error.message ?? 'is not valid'}`
  }
}

function hintFor(error: ErrorObject): { readonly hint?: string } {
  if (error.keyword === 'enum' && Array.isArray(error.params['allowedValues'])) {
    const names = error.params['allowedValues'].filter((value) => typeof value === 'string')
    const nearest = typeof error.data === 'string' ? findNearestName(error.data, names) : undefined
    return nearest === undefined ? {} : { hint: `Did you mean "${nearest}"?` }
  }
  const hint = descriptionOf(error.parentSchema)
  return hint === undefined ? {} : { hint }
}

function alternativesOf(schema: unknown): string {
  const branches = isRecord(schema) && Array.isArray(schema['anyOf']) ? schema['anyOf'] : []
  const titles = branches.flatMap((branch) =>
    isRecord(branch) && typeof branch['title'] === 'string' ? [branch['title']] : [],
  )
  return titles.length === 0 ? 'what may stand here' : titles.join(' or ')
}

function propertySchemas(error: ErrorObject): Readonly<Record<string, unknown>> {
  const schema: unknown = error.parentSchema
  return isRecord(schema) && isRecord(schema['properties']) ? schema['properties'] : {}
}

function descriptionOf(schema: unknown): string | undefined {
  return isRecord(schema) && typeof schema['description'] === 'string' ? schema['description'] : undefined
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
}

function article(types: unknown): string {
  const names = (Array.isArray(types) ? types : [types]).map(String)
  return names.map((name) => NOUNS[name] ?? name).join(' or ')
}

const SHOWN_LENGTH = 60

/** How a value is called in a sentence: texts and numbers as they are, the rest by its kind. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'An empty value'
  if (Array.isArray(value)) return value.length === 0 ? 'The list' : 'A list'
  if (typeof value === 'object') return 'An object'
  const text = JSON.stringify(value)
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text
}

function listOf(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => String(value)).join(', ') : String(values)
}

/** A JSON pointer; a position is told from a name by what it points into only where it is used, so digits are numbers. */
function readPointer(pointer: string): PropertyPath {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^(0|[1-9]\d*)$/.test(part) ? Number(part) : part))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
