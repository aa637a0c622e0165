import { signature } from '../reference/binding.ts'
import type { Example, ParameterDefinition } from '../reference/definition.ts'
import { FILTERS, FUNCTIONS, TESTS } from '../reference/table.ts'
import { OPERATORS } from '../syntax/operators.ts'
import { TAGS } from '../syntax/tags.ts'

export type ReferenceKind = 'function' | 'filter' | 'test' | 'operator' | 'tag'

/** One thing that templates can use, as the API lists it and the reference page shows it. Plain data. */
export interface ReferenceEntry {
  readonly kind: ReferenceKind
  readonly name: string
  readonly aliases: readonly string[]
  readonly group: string
  /** How it is written, such as `range(start, end, step?)`. */
  readonly signature: string
  readonly summary: string
  readonly parameters: readonly ParameterDefinition[]
  readonly examples: readonly Example[]
}

/** Everything that templates can use: functions, filters, tests, operators and tags, in the order of the reference page. */
export function listExpressionReference(): readonly ReferenceEntry[] {
  return [
    ...callables('function', FUNCTIONS.values()),
    ...callables('filter', FILTERS.values()),
    ...callables('test', TESTS.values()),
    ...OPERATORS.map(
      ({ symbol, summary, examples }): ReferenceEntry => ({
        kind: 'operator',
        name: symbol,
        aliases: [],
        group: 'Operators',
        signature: symbol,
        summary,
        parameters: [],
        examples,
      }),
    ),
    ...TAGS.map(
      ({ name, signature, summary, examples }): ReferenceEntry => ({
        kind: 'tag',
        name,
        aliases: [],
        group: 'Tags',
        signature,
        summary,
        parameters: [],
        examples,
      }),
    ),
  ]
}

interface CallableDefinition {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly group: string
  readonly summary: string
  readonly parameters: readonly ParameterDefinition[]
  readonly isVariadic?: boolean
  readonly examples: readonly Example[]
}

function callables(kind: ReferenceKind, definitions: Iterable<CallableDefinition>): ReferenceEntry[] {
  return [...new Set(definitions)].map((definition) => ({
    kind,
    name: definition.name,
    aliases: definition.aliases ?? [],
    group: definition.group,
    signature:
      kind === 'function' || definition.parameters.length > 0 ? signature(definition) : definition.name,
    summary: definition.summary,
    parameters: definition.parameters,
    examples: definition.examples,
  }))
}
