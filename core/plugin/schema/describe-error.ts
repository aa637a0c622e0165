import type { JsonValue } from '@pinion/plugin-sdk/manifest'
import type { ErrorObject } from 'ajv'
import { isJsonObject } from '../manifest/index.ts'
import type { PropertyFault } from '../resolved-type.ts'
import { hasExpression } from './expression-text.ts'
import { findNearestName } from './nearest-name.ts'
import { appendName, formatPointer } from './property-path.ts'

/** Puts one of the validator's errors into our words. @param root - the value that was validated */
export function describeError(error: ErrorObject, root: JsonValue): PropertyFault {
  const at = formatPointer(error.instancePath, root)
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownProperty(error, at, textOf(error.params['additionalProperty']))
    case 'unevaluatedProperties':
      return unknownProperty(error, at, textOf(error.params['unevaluatedProperty']))
    case 'required': {
      const path = appendName(at, textOf(error.params['missingProperty']))
      return { path, message: `\`${path}\` is required.` }
    }
    case 'dependentRequired': {
      const path = appendName(at, textOf(error.params['missingProperty']))
      const because = textOf(error.params['property'])
      return { path, message: `\`${path}\` is required where \`${because}\` is set.` }
    }
    case 'enum':
      return withSuggestion(
        at,
        `${nameOf(at)} must be one of ${choicesOf(error)}${notAnExpression(error)}.`,
        error,
      )
    default:
      return { path: at, message: `${nameOf(at)} ${explain(error)}${notAnExpression(error)}.` }
  }
}

function explain(error: ErrorObject): string {
  const limit = textOf(error.params['limit'])
  switch (error.keyword) {
    case 'type':
      return `must be ${typeNames(error.params['type'])}, not ${typeNameOf(error.data)}`
    case 'const':
      return `must be ${JSON.stringify(error.params['allowedValue'])}`
    case 'minimum':
      return `must be at least ${limit}`
    case 'maximum':
      return `must be at most ${limit}`
    case 'exclusiveMinimum':
      return `must be more than ${limit}`
    case 'exclusiveMaximum':
      return `must be less than ${limit}`
    case 'multipleOf':
      return `must be a multiple of ${textOf(error.params['multipleOf'])}`
    case 'minLength':
      return limit === '1' ? 'must not be empty' : `must have at least ${limit} characters`
    case 'maxLength':
      return `must have at most ${limit} characters`
    case 'pattern':
      return `must match the pattern ${textOf(error.params['pattern'])}`
    case 'format':
      return `must be ${formatName(textOf(error.params['format']))}`
    case 'minItems':
      return `must have at least ${counted(limit, 'entry', 'entries')}`
    case 'maxItems':
      return `must have at most ${counted(limit, 'entry', 'entries')}`
    case 'uniqueItems':
      return `must not repeat an entry: ${textOf(error.params['j'])} and ${textOf(error.params['i'])} are equal`
    case 'minProperties':
      return `must have at least ${counted(limit, 'property', 'properties')}`
    case 'maxProperties':
      return `must have at most ${counted(limit, 'property', 'properties')}`
    case 'propertyNames':
      return `must not have a property called "${textOf(error.params['propertyName'])}"`
    case 'contains':
      return 'lacks an entry of the form that its schema asks for'
    case 'not':
      return 'is of a form that its schema rules out'
    case 'false schema':
      return 'is not allowed here'
    case 'oneOf':
      return Array.isArray(error.params['passingSchemas'])
        ? 'fits more than one of the forms it may have; it must fit exactly one'
        : `fits none of the forms it may have${formsOf(error)}`
    case 'anyOf':
      return `fits none of the forms it may have${formsOf(error)}`
    default:
      return `breaks the rule "${error.keyword}" of its schema`
  }
}

function unknownProperty(error: ErrorObject, at: string, name: string): PropertyFault {
  const path = appendName(at, name)
  const known = isJsonObject(error.parentSchema?.['properties'])
    ? Object.keys(error.parentSchema['properties'])
    : []
  const suggestion = findNearestName(name, known)
  const owner = at === '' ? 'of this type' : `of \`${at}\``
  const wayOut = suggestion === undefined ? listKnown(known) : ` Did you mean \`${suggestion}\`?`
  return {
    path,
    message: `\`${name}\` is not a property ${owner}.${wayOut}`,
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}

function listKnown(names: readonly string[]): string {
  const shown = 12
  if (names.length === 0) return ' It has none.'
  const list = names.slice(0, shown).map((name) => `\`${name}\``)
  return ` It has ${list.join(', ')}${names.length > shown ? ' and others' : ''}.`
}

function withSuggestion(path: string, message: string, error: ErrorObject): PropertyFault {
  const choices: unknown = error.params['allowedValues']
  const texts = Array.isArray(choices) ? choices.filter((choice) => typeof choice === 'string') : []
  const suggestion = typeof error.data === 'string' ? findNearestName(error.data, texts) : undefined
  return { path, message, ...(suggestion === undefined ? {} : { suggestion }) }
}

function choicesOf(error: ErrorObject): string {
  const shown = 30
  const choices: unknown = error.params['allowedValues']
  if (!Array.isArray(choices)) return 'its allowed values'
  const texts = choices
    .slice(0, shown)
    .map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice)))
  return choices.length > shown
    ? `${texts.join(', ')} and ${choices.length - shown} others`
    : texts.join(', ')
}

/** The types of the forms, where that helps: "(a text or a list)". */
function formsOf(error: ErrorObject): string {
  const branches: unknown = error.schema
  if (!Array.isArray(branches)) return ''
  const names = branches.flatMap((branch) => {
    const target = isJsonObject(branch) && isJsonObject(branch['else']) ? branch['else'] : branch
    return isJsonObject(target) && typeof target['type'] === 'string' ? [TYPE_NAMES.get(target['type'])] : []
  })
  const distinct = [...new Set(names)].filter((name) => name !== undefined)
  return distinct.length === branches.length && distinct.length > 1 ? ` (${distinct.join(' or ')})` : ''
}

function notAnExpression(error: ErrorObject): string {
  return typeof error.data === 'string' && hasExpression(error.data)
    ? '; an expression cannot stand here, because it is needed before anything is rendered'
    : ''
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['string', 'a text'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
  ['object', 'a map'],
  ['array', 'a list'],
  ['null', 'empty'],
])

function typeNames(types: unknown): string {
  const list: readonly unknown[] = Array.isArray(types) ? types : textOf(types).split(',')
  return list.map((type) => TYPE_NAMES.get(textOf(type)) ?? textOf(type)).join(' or ')
}

function typeNameOf(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return TYPE_NAMES.get(typeof value) ?? typeof value
}

const FORMAT_NAMES: ReadonlyMap<string, string> = new Map([
  ['date', 'a date such as 2026-01-31'],
  ['date-time', 'a date and time such as 2026-01-31T12:00:00Z'],
  ['duration', 'an ISO 8601 duration such as PT30S'],
  ['email', 'an e-mail address'],
  ['hostname', 'a host name'],
  ['ipv4', 'an IPv4 address'],
  ['ipv6', 'an IPv6 address'],
  ['regex', 'a regular expression'],
  ['time', 'a time such as 12:00:00Z'],
  ['uri', 'a URI such as https://example.com/path'],
  ['uuid', 'a UUID'],
])

function formatName(format: string): string {
  return FORMAT_NAMES.get(format) ?? `of the format "${format}"`
}

function counted(count: string, one: string, many: string): string {
  return `${count} ${count === '1' ? one : many}`
}

function nameOf(path: string): string {
  return path === '' ? 'The whole' : `\`${path}\``
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : String(value)
}
