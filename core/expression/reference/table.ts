import { CONDITIONS } from '../conditions/conditions.ts'
import { COLLECTION_FILTERS } from '../filters/collection.ts'
import { DATE_FILTERS } from '../filters/date.ts'
import { ENCODING_FILTERS } from '../filters/encoding.ts'
import { NUMBER_FILTERS } from '../filters/number.ts'
import { REGEX_FILTERS } from '../filters/regex.ts'
import { STRUCTURED_FILTERS } from '../filters/structured.ts'
import { TEXT_FILTERS } from '../filters/text.ts'
import { CALENDAR_FUNCTIONS } from '../functions/calendar.ts'
import { DATA_ACCESS_FUNCTIONS } from '../functions/data-access.ts'
import { PARSING_FUNCTIONS } from '../functions/parsing.ts'
import { RENDERING_FUNCTIONS } from '../functions/rendering.ts'
import { UTILITY_FUNCTIONS } from '../functions/utility.ts'
import { WORKFLOW_FUNCTIONS } from '../functions/workflow.ts'
import type { FilterDefinition, FunctionDefinition, TestDefinition } from './definition.ts'

/** Every filter by name, aliases included. This and the two below are the one list of what templates can use. */
export const FILTERS: ReadonlyMap<string, FilterDefinition> = byName([
  ...TEXT_FILTERS,
  ...REGEX_FILTERS,
  ...COLLECTION_FILTERS,
  ...NUMBER_FILTERS,
  ...DATE_FILTERS,
  ...STRUCTURED_FILTERS,
  ...ENCODING_FILTERS,
])

export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = byName<FunctionDefinition>([
  ...RENDERING_FUNCTIONS,
  ...DATA_ACCESS_FUNCTIONS,
  ...PARSING_FUNCTIONS,
  ...WORKFLOW_FUNCTIONS,
  ...UTILITY_FUNCTIONS,
  ...CALENDAR_FUNCTIONS,
])

export const TESTS: ReadonlyMap<string, TestDefinition> = byName(CONDITIONS)

function byName<Definition extends { readonly name: string; readonly aliases?: readonly string[] }>(
  definitions: readonly Definition[],
): ReadonlyMap<string, Definition> {
  const named = new Map<string, Definition>()
  for (const definition of definitions) {
    for (const name of [definition.name, ...(definition.aliases ?? [])]) {
      if (named.has(name)) throw new Error(`Two definitions are called "${name}".`)
      named.set(name, definition)
    }
  }
  return named
}
