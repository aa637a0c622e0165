import { CONDITIONS } from '../conditions/conditions.ts'
import { COLLECTION_FILTERS } from '../filters/collection.ts'
import { NUMBER_FILTERS } from '../filters/number.ts'
import { REGEX_FILTERS } from '../filters/regex.ts'
import { TEXT_FILTERS } from '../filters/text.ts'
import type { FilterDefinition, FunctionDefinition, TestDefinition } from './definition.ts'

/** Every filter by name, aliases included. This and the two below are the one list of what templates can use. */
export const FILTERS: ReadonlyMap<string, FilterDefinition> = byName([
  ...TEXT_FILTERS,
  ...REGEX_FILTERS,
  ...COLLECTION_FILTERS,
  ...NUMBER_FILTERS,
])

export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = byName<FunctionDefinition>([])

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
