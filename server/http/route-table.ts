import { METHODS, type Method, type Route } from './route.ts'

/** A route that a path leads to, and the parts of the path. */
export interface RouteMatch {
  readonly route: Route
  readonly params: Readonly<Record<string, string>>
}

export type Found =
  | { readonly is: 'match'; readonly match: RouteMatch }
  | { readonly is: 'otherMethods' }
  | { readonly is: 'nothing' }

interface Branch {
  readonly byName: Map<string, Branch>
  any: Branch | undefined
  readonly routes: Map<Method, Claim>
}

/** A route and the names of the parameters on the way to it. */
interface Claim {
  readonly route: Route
  readonly names: readonly string[]
}

const newBranch = (): Branch => ({ byName: new Map(), any: undefined, routes: new Map() })

/** Finds routes by path in time that depends on the path only, however many routes there are. */
export class RouteTable {
  readonly routes: readonly Route[]
  readonly #root = newBranch()

  /** @throws Error (a bug) if two routes claim the same method and path */
  constructor(routes: readonly Route[]) {
    this.routes = routes
    for (const route of routes) {
      this.#add(route, route.path)
      if (route.path.includes('/{tenant}')) this.#add(route, route.path.replace('/{tenant}', ''))
    }
  }

  /**
   * A literal name goes before a parameter; a parameter is tried where the literal leads to nothing with this method, so
   * that a flow may be called `search`.
   *
   * @param path - still encoded: a part may hold an encoded slash
   * @throws URIError for broken encoding
   */
  find(method: Method, path: string): Found {
    const parts = path.split('/').slice(1).map(decodeURIComponent)
    if (parts.at(-1) === '') parts.pop()
    const match = this.#search(this.#root, parts, [], (routes) => routes.get(method))
    if (match) return { is: 'match', match }
    const isThere = this.#search(this.#root, parts, [], (routes) => routes.values().next().value)
    return { is: isThere ? 'otherMethods' : 'nothing' }
  }

  methodsOf(path: string): readonly Method[] {
    return METHODS.filter((method) => this.find(method, path).is === 'match')
  }

  #add(route: Route, path: string): void {
    const names: string[] = []
    let branch = this.#root
    for (const part of path.split('/').slice(1)) {
      const name = /^\{(.+)\}$/.exec(part)?.[1]
      if (name === undefined) {
        const next = branch.byName.get(part) ?? newBranch()
        branch.byName.set(part, next)
        branch = next
      } else {
        names.push(name)
        branch.any ??= newBranch()
        branch = branch.any
      }
    }
    const taken = branch.routes.get(route.method)
    if (taken)
      throw new Error(
        `${route.method} ${path} belongs to ${taken.route.operationId} and ${route.operationId}.`,
      )
    branch.routes.set(route.method, { route, names })
  }

  #search(
    branch: Branch,
    parts: readonly string[],
    values: readonly string[],
    pick: (routes: Branch['routes']) => Claim | undefined,
  ): RouteMatch | undefined {
    const [part, ...rest] = parts
    if (part === undefined) {
      const found = pick(branch.routes)
      if (!found) return undefined
      return {
        route: found.route,
        params: Object.fromEntries(found.names.map((name, at) => [name, values[at] ?? ''])),
      }
    }
    const literal = branch.byName.get(part)
    const match = literal && this.#search(literal, rest, values, pick)
    if (match || !branch.any || part === '') return match
    return this.#search(branch.any, rest, [...values, part], pick)
  }
}
