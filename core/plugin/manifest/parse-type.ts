import {
  type ExampleManifest,
  type MetricManifest,
  PLUGIN_KINDS,
  type PluginTypeManifest,
} from '@pinion/plugin-sdk/manifest'
import {
  MAX_ALIASES_PER_TYPE,
  MAX_DESCRIPTION_LENGTH,
  MAX_EXAMPLE_LENGTH,
  MAX_EXAMPLES_PER_TYPE,
  MAX_METRICS_PER_TYPE,
  MAX_NAME_LENGTH,
  MAX_TITLE_LENGTH,
} from '../limits.ts'
import { isEngineType } from './engine-types.ts'
import { ObjectReader, type ProblemList } from './object-reader.ts'
import { vetPropertiesSchema, vetSchema } from './vet-schema.ts'

const FIELDS = [
  'type',
  'kind',
  'title',
  'description',
  'properties',
  'outputs',
  'metrics',
  'examples',
  'aliases',
  'deprecated',
  'beta',
  'executedBy',
  'freshContext',
] as const

export const TYPE_ID = {
  regExp: /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+$/,
  says: 'a dotted name such as io.kestra.plugin.core.log.Log',
} as const

/** Parses one type of a manifest. @param group - the package's: the type's id must lie below it. */
export function parseType(
  value: unknown,
  path: string,
  group: string,
  problems: ProblemList,
): PluginTypeManifest {
  const reader = new ObjectReader(value, path, problems, FIELDS)
  const type = reader.text('type', MAX_NAME_LENGTH, TYPE_ID)
  if (group !== '' && type !== '' && !type.startsWith(`${group}.`)) {
    reader.report('type', `must lie below the package's group "${group}"`)
  }
  const description = reader.optionalText('description', MAX_DESCRIPTION_LENGTH)
  const deprecated = reader.has('deprecated')
    ? parseDeprecation(reader.raw('deprecated'), reader.pathOf('deprecated'), problems)
    : undefined
  const beta = reader.optionalFlag('beta')
  const executedBy = reader.has('executedBy') ? reader.choice('executedBy', ['engine']) : undefined
  if (executedBy !== undefined && !isEngineType(type)) {
    reader.report('executedBy', 'is only for types that this engine knows how to execute')
  }
  const freshContext = reader.optionalFlag('freshContext')
  return {
    type,
    kind: reader.choice('kind', PLUGIN_KINDS),
    title: reader.text('title', MAX_TITLE_LENGTH),
    ...(description === undefined ? {} : { description }),
    properties: vetPropertiesSchema(reader.raw('properties'), reader.pathOf('properties'), problems),
    ...(reader.has('outputs')
      ? { outputs: vetSchema(reader.raw('outputs'), reader.pathOf('outputs'), problems) }
      : {}),
    metrics: reader.list('metrics', MAX_METRICS_PER_TYPE, (entry, at) => parseMetric(entry, at, problems)),
    examples: reader.list('examples', MAX_EXAMPLES_PER_TYPE, (entry, at) =>
      parseExample(entry, at, problems),
    ),
    aliases: reader.list('aliases', MAX_ALIASES_PER_TYPE, (entry, at) => {
      const isAlias =
        typeof entry === 'string' && entry.length <= MAX_NAME_LENGTH && TYPE_ID.regExp.test(entry)
      if (!isAlias) problems.add(at, `must be ${TYPE_ID.says}`)
      return isAlias ? entry : ''
    }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(beta === undefined ? {} : { beta }),
    ...(executedBy === undefined ? {} : { executedBy }),
    ...(freshContext === undefined ? {} : { freshContext }),
  }
}

function parseDeprecation(
  value: unknown,
  path: string,
  problems: ProblemList,
): NonNullable<PluginTypeManifest['deprecated']> {
  const reader = new ObjectReader(value, path, problems, ['message', 'replacement'])
  const replacement = reader.optionalText('replacement', MAX_NAME_LENGTH)
  return {
    message: reader.text('message', MAX_DESCRIPTION_LENGTH),
    ...(replacement === undefined ? {} : { replacement }),
  }
}

function parseMetric(value: unknown, path: string, problems: ProblemList): MetricManifest {
  const reader = new ObjectReader(value, path, problems, ['name', 'type', 'unit', 'description'])
  const unit = reader.optionalText('unit', MAX_NAME_LENGTH)
  const description = reader.optionalText('description', MAX_DESCRIPTION_LENGTH)
  return {
    name: reader.text('name', MAX_NAME_LENGTH),
    type: reader.choice('type', ['counter', 'timer', 'gauge']),
    ...(unit === undefined ? {} : { unit }),
    ...(description === undefined ? {} : { description }),
  }
}

function parseExample(value: unknown, path: string, problems: ProblemList): ExampleManifest {
  const reader = new ObjectReader(value, path, problems, ['title', 'code', 'full'])
  return {
    title: reader.text('title', MAX_TITLE_LENGTH),
    code: reader.text('code', MAX_EXAMPLE_LENGTH),
    full: reader.optionalFlag('full') ?? false,
  }
}
