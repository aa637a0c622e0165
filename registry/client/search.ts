import { isJsonObject, objectOrEmpty, stringOf, stringRecord } from '../json-value.ts'
import { scopeOf } from '../package-name.ts'
import type { Repository } from './repository.ts'

export interface FoundPackage {
  readonly packageName: string
  readonly repository: string
  readonly description: string
  readonly latestVersion: string
}

/** Reads the answer of `-/v1/search`; an entry without a name or version is left out. */
export function parseSearchAnswer(repository: Repository, content: Buffer): readonly FoundPackage[] {
  const answer = tryParse(content)
  const objects = isJsonObject(answer) && Array.isArray(answer['objects']) ? answer['objects'] : []
  return objects.flatMap((object: unknown): readonly FoundPackage[] => {
    const found = objectOrEmpty(objectOrEmpty(object)['package'])
    const packageName = stringOf(found['name'])
    const latestVersion = stringOf(found['version']) ?? stringRecord(found['dist-tags'])['latest']
    if (packageName === undefined || latestVersion === undefined) return []
    const description = stringOf(found['description']) ?? ''
    return [{ packageName, repository: repository.name, description, latestVersion }]
  })
}

/**
 * Joins what the repositories found, in their order: a name counts for the first that has it, and a name of a bound
 * scope only for the repositories it is bound to, as in a lookup.
 */
export function joinFound(
  found: readonly (readonly [Repository, readonly FoundPackage[]])[],
  boundScopes: ReadonlySet<string>,
  limit: number,
): readonly FoundPackage[] {
  const byName = new Map<string, FoundPackage>()
  for (const [repository, packages] of found) {
    for (const item of packages) {
      const scope = scopeOf(item.packageName)
      const isForeign = scope !== undefined && boundScopes.has(scope) && !repository.scopes.includes(scope)
      if (!isForeign && !byName.has(item.packageName)) byName.set(item.packageName, item)
    }
  }
  return [...byName.values()].slice(0, limit)
}

function tryParse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'))
  } catch {
    return undefined
  }
}
