import type { BuildFault } from '../errors.ts'
import { PROPERTY_GROUPS, RESERVED_PROPERTIES } from '../manifest/index.ts'
import {
  describeError,
  FaultList,
  isJsonObject,
  type ParsedTypeSchema,
  type SchemaDialect,
} from '../schema/index.ts'

/** What may stand at a property but never at an output: it steers forms and rendering. */
const PROPERTY_ONLY = ['$group', '$dynamic', '$hidden'] as const

/** What a type's schema must say for its docs, its form and its page to be complete. */
export function checkTypeRules(parsed: ParsedTypeSchema, dialect: SchemaDialect): readonly BuildFault[] {
  const { declared, document, file } = parsed
  if (declared === undefined) return []
  const list = new FaultList(file, document)
  for (const field of ['title', 'description'] as const) {
    if ((declared[field] ?? '').trim() !== '') continue
    list.atKey([field], {
      code: 'BUILD_TITLE_MISSING',
      message: `The ${field} is missing.`,
      hint:
        field === 'title'
          ? 'Say in a few words what it does.'
          : 'Say in a sentence or two what it does, and when to use it.',
    })
  }
  if ((declared.examples ?? []).length === 0) {
    list.atKey(['examples'], {
      code: 'BUILD_EXAMPLE_MISSING',
      message: 'There is no example.',
      hint: 'Add `examples:` with a title and the code of one use.',
    })
  }
  const properties = isJsonObject(declared.properties['properties']) ? declared.properties['properties'] : {}
  for (const [name, property] of Object.entries(properties)) {
    checkProperty(list, name, property, dialect)
  }
  const outputs = isJsonObject(declared.outputs?.['properties']) ? declared.outputs['properties'] : {}
  for (const [name, output] of Object.entries(outputs)) {
    for (const keyword of PROPERTY_ONLY) {
      if (!isJsonObject(output) || !(keyword in output)) continue
      list.atKey(['outputs', 'properties', name, keyword], {
        code: 'BUILD_SCHEMA_INVALID',
        message: `\`${keyword}\` means nothing at the output \`${name}\`.`,
        hint: 'Remove it; only properties have groups, expressions and hidden fields.',
      })
    }
  }
  return list.faults
}

function checkProperty(list: FaultList, name: string, property: unknown, dialect: SchemaDialect): void {
  const path = ['properties', 'properties', name]
  if (RESERVED_PROPERTIES.some((reserved) => reserved === name)) {
    list.atKey(path, {
      code: 'BUILD_PROPERTY_RESERVED',
      message: `\`${name}\` is reserved: the platform gives it to every task and trigger.`,
      hint: `Please rename it, for instance to \`${name === 'version' ? 'apiVersion' : `${name}Name`}\`.`,
    })
  }
  const fields = isJsonObject(property) ? property : {}
  if (typeof fields['title'] !== 'string' || fields['title'].trim() === '') {
    list.atKey(path, {
      code: 'BUILD_TITLE_MISSING',
      message: `The property \`${name}\` has no title.`,
      hint: 'Add `title:`, a few words that stand beside the field in forms.',
    })
  }
  const group = fields['$group']
  if (typeof group !== 'string' || group.trim() === '') {
    list.atKey(path, {
      code: 'BUILD_GROUP_MISSING',
      message: `The property \`${name}\` has no \`$group\`.`,
      hint: `Use one of ${PROPERTY_GROUPS.join(', ')}, or a group of your own if none fits.`,
    })
  }
  if ('default' in fields) checkDefault(list, path, fields, dialect)
}

function checkDefault(
  list: FaultList,
  path: readonly string[],
  property: Parameters<SchemaDialect['compile']>[0],
  dialect: SchemaDialect,
): void {
  // A reference points into the whole schema, which is not in sight here.
  if (JSON.stringify(property).includes('"$ref"')) return
  for (const error of dialect.compile(property)(property['default'])) {
    list.atValue([...path, 'default'], {
      code: 'BUILD_DEFAULT_INVALID',
      message: `The default of \`${path.at(-1)}\` does not fit its own schema: ${describeError(error)}.`,
    })
  }
}
