import type { JsonSchema } from '@pinion/plugin-sdk/manifest'
import { byType, CONDITION, closed, DURATION, described, FLAG, INPUT_ID, TEXT } from './vocabulary.ts'

const NUMBER: JsonSchema = { type: 'number' }
const WHOLE: JsonSchema = { type: 'integer' }
const TEXTS: JsonSchema = { type: 'array', items: TEXT }
const CHOICES: JsonSchema = {
  type: 'array',
  minItems: 1,
  items: described(
    TEXT,
    'A text. YAML reads plain true, false and numbers as what they are: put them into quotes.',
  ),
}
const VALIDATOR = described(TEXT, 'A regular expression that the whole value must match.')

const CHOOSING: Readonly<Record<string, JsonSchema>> = {
  values: described(CHOICES, 'The values to choose from.'),
  expression: described(TEXT, 'An expression that gives the list of values to choose from.'),
  allowCustomValue: described(FLAG, 'Whether a value outside the list is accepted.'),
  autoSelectFirst: described(FLAG, 'Whether the first value is the default.'),
}
const HAS_CHOICES: JsonSchema = {
  anyOf: [
    { title: 'a choice with `values`', required: ['values'] },
    { title: 'a choice with an `expression`', required: ['expression'] },
  ],
}

/** Options of each input type beyond those that all have. `DATETIME` bounds are ISO 8601 in UTC. */
const OPTIONS: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  STRING: { validator: VALIDATOR },
  INT: { min: WHOLE, max: WHOLE },
  FLOAT: { min: NUMBER, max: NUMBER },
  BOOL: {},
  BOOLEAN: {},
  SELECT: { ...CHOOSING, isRadio: described(FLAG, 'Whether the form shows radio buttons.') },
  ENUM: CHOOSING,
  MULTISELECT: { ...CHOOSING, itemType: { enum: ['STRING'] } },
  DATETIME: { after: TEXT, before: TEXT },
  DATE: { after: TEXT, before: TEXT },
  TIME: { after: TEXT, before: TEXT },
  DURATION: { min: DURATION, max: DURATION },
  FILE: {
    allowedFileExtensions: described(TEXTS, 'Such as [".csv", ".txt"].'),
    extension: described(TEXT, 'The extension that the stored file gets.'),
  },
  JSON: {},
  YAML: {},
  URI: {},
  SECRET: { validator: VALIDATOR },
  EMAIL: {},
  ARRAY: {},
}

export const INPUT_TYPES: readonly string[] = Object.keys(OPTIONS)
/** Types that a list input's items may have. */
const ITEM_TYPES = INPUT_TYPES.filter(
  (type) => !['ARRAY', 'SELECT', 'ENUM', 'MULTISELECT', 'FILE'].includes(type),
)
const CHOICE_TYPES: ReadonlySet<string> = new Set(['SELECT', 'ENUM', 'MULTISELECT'])

/** What every input may say, whatever its type. @see the reference's page on inputs, "Input properties" */
export const INPUT_PROPERTIES: Readonly<Record<string, JsonSchema>> = {
  id: INPUT_ID,
  type: { enum: [...INPUT_TYPES], description: `One of ${INPUT_TYPES.join(', ')}.` },
  required: described(
    FLAG,
    'Whether a value must be given if there is no default. True unless said otherwise.',
  ),
  defaults: { description: 'The value used if none is given; may hold expressions.' },
  prefill: { description: 'The value that the form starts with; it can be cleared.' },
  displayName: described(TEXT, 'The label shown in place of the id.'),
  description: described(TEXT, 'Markdown.'),
  dependsOn: closed(
    { inputs: described(TEXTS, 'Ids of the inputs that come first.'), condition: CONDITION },
    [],
    { description: 'The input is asked for only after these inputs, and if the condition is true.' },
  ),
  condition: CONDITION,
}

export const INPUT: JsonSchema = inputSchema(INPUT_TYPES, () => true)

/** An input of one of these types, with those of its properties that are wanted. */
export function inputSchema(types: readonly string[], isWanted: (property: string) => boolean): JsonSchema {
  return byType(Object.fromEntries(types.map((type) => [type, schemaOf(type, isWanted)])), {
    title: 'Input',
    description: 'A typed parameter of the flow, read as `inputs.<id>`.',
  })
}

function schemaOf(type: string, isWanted: (property: string) => boolean): JsonSchema {
  const options = type === 'ARRAY' ? { itemType: { enum: [...ITEM_TYPES] } } : (OPTIONS[type] ?? {})
  const properties = Object.entries({ ...INPUT_PROPERTIES, ...options }).filter(([name]) => isWanted(name))
  const required = type === 'ARRAY' ? ['id', 'itemType'] : ['id']
  const schema = closed(Object.fromEntries(properties), required)
  return CHOICE_TYPES.has(type) ? { ...schema, ...HAS_CHOICES } : schema
}

export const OUTPUT_TYPES = [
  'ARRAY',
  'BOOL',
  'BOOLEAN',
  'DATE',
  'DATETIME',
  'DURATION',
  'EMAIL',
  'ENUM',
  'FILE',
  'FLOAT',
  'INT',
  'JSON',
  'MULTISELECT',
  'SECRET',
  'SELECT',
  'STRING',
  'TIME',
  'URI',
  'YAML',
] as const

export const OUTPUT: JsonSchema = closed(
  {
    id: INPUT_ID,
    type: { enum: [...OUTPUT_TYPES] },
    value: { description: 'Rendered when the execution ends.' },
    displayName: TEXT,
    description: TEXT,
    required: FLAG,
    itemType: { enum: [...ITEM_TYPES] },
    values: CHOICES,
  },
  ['id', 'type', 'value'],
  { title: 'Output', description: 'A typed value that the execution leaves behind.' },
)
