import { scopeOf } from '../package-name.ts'
import type { Repository } from './repository.ts'

/** Which repositories may be asked for a package, in order. */
export interface Route {
  readonly repositories: readonly Repository[]
  /** The scope that decided it; undefined if every repository may be asked. */
  readonly boundScope: string | undefined
}

/**
 * A scope that is bound anywhere is asked there only: whoever registers the same name in a public registry can never
 * shadow a private package. A disabled repository keeps its scopes to itself: `boundScopes` has those too.
 */
export function routeOf(
  packageName: string,
  repositories: readonly Repository[],
  boundScopes: ReadonlySet<string>,
): Route {
  const scope = scopeOf(packageName)
  if (scope === undefined || !boundScopes.has(scope)) return { repositories, boundScope: undefined }
  return {
    repositories: repositories.filter((repository) => repository.scopes.includes(scope)),
    boundScope: scope,
  }
}
