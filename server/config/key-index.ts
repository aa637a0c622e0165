import { type ConfigKey, ENVIRONMENT_PREFIXES, environmentName, FOREIGN_ROOTS, relax } from './config-key.ts'
import { nearestName } from './nearest-name.ts'

export type KeyMatch =
  | { readonly is: 'key'; readonly key: string }
  | { readonly is: 'prefix' }
  | { readonly is: 'withoutEffect'; readonly reason: string }
  | { readonly is: 'unknown'; readonly nearest: string | undefined }

interface Pattern {
  readonly segments: readonly string[]
  readonly canonical: readonly string[]
}

/** Finds the key that a written path or an environment variable stands for. */
export class KeyIndex {
  readonly #patterns: readonly Pattern[]
  readonly #withoutEffect: readonly { readonly segments: readonly string[]; readonly reason: string }[]
  readonly #environment = new Map<string, readonly string[]>()

  constructor(keys: readonly ConfigKey<unknown>[], withoutEffect: Readonly<Record<string, string>>) {
    this.#patterns = keys.flatMap(({ key, aliases }) =>
      [key, ...aliases].map((path) => ({ segments: path.split('.'), canonical: key.split('.') })),
    )
    this.#withoutEffect = Object.entries(withoutEffect).map(([path, reason]) => ({
      segments: path.split('.'),
      reason,
    }))
    for (const { key, aliases, environment } of keys) {
      const canonical = key.split('.')
      for (const name of environment) this.#environment.set(relax(name), canonical)
      for (const path of [key, ...aliases]) {
        const name = environmentName(path)
        const isForeign = FOREIGN_ROOTS.includes(path.split('.')[0] ?? '')
        for (const prefix of isForeign ? ['', ...ENVIRONMENT_PREFIXES] : ENVIRONMENT_PREFIXES) {
          this.#environment.set(relax(`${prefix}${name}`), canonical)
        }
      }
    }
  }

  /** A key written with dots (`server.port: 80`) is several segments, but not where a name of its own is expected. */
  split(above: readonly string[], name: string): readonly string[] {
    const isName = this.#patterns.some(
      ({ segments }) => segments[above.length] === '*' && startsWith(segments, above),
    )
    return isName ? [...above, name] : [...above, ...name.split('.')]
  }

  find(path: readonly string[]): KeyMatch {
    const exact = this.#patterns.find(
      ({ segments }) => segments.length === path.length && startsWith(segments, path),
    )
    if (exact) {
      const name = path[exact.segments.indexOf('*')]
      return {
        is: 'key',
        key: exact.canonical.map((each) => (each === '*' ? (name ?? each) : each)).join('.'),
      }
    }
    const ignored = this.#withoutEffect.find(({ segments }) => startsWith(path, segments))
    // `micronaut` as a whole has no effect, yet some keys below it are aliases of ours: those are looked for first.
    if (this.#patterns.some(({ segments }) => segments.length > path.length && startsWith(segments, path))) {
      return { is: 'prefix' }
    }
    if (ignored) return { is: 'withoutEffect', reason: ignored.reason }
    if (this.#withoutEffect.some(({ segments }) => startsWith(segments, path))) return { is: 'prefix' }
    return { is: 'unknown', nearest: this.#nearest(path) }
  }

  /**
   * @param known - keys set so far: `PINION_PLUGINS_REPOSITORIES_MY_NPM_TOKEN` belongs to `my_npm` if a file calls it so
   * @returns the key; a name that no file has is taken in lower case with hyphens
   */
  findEnvironment(variable: string, known: Iterable<string>): string | undefined {
    const relaxed = relax(variable)
    const exact = this.#environment.get(relaxed)
    if (exact) return exact.join('.')
    for (const [pattern, canonical] of this.#environment) {
      const [before, after] = pattern.split('<name>')
      if (before === undefined || after === undefined) continue
      if (!relaxed.startsWith(before) || !relaxed.endsWith(after)) continue
      const written = nameWithin(variable, before, after)
      if (written === '') continue
      const at = canonical.indexOf('*')
      const named = [...known]
        .map((key) => key.split('.'))
        .find(
          (segments) =>
            startsWith(canonical, segments.slice(0, at + 1)) && relax(segments[at] ?? '') === relax(written),
        )
      return canonical.map((each) => (each === '*' ? (named?.[at] ?? written) : each)).join('.')
    }
    return undefined
  }

  nearestEnvironment(variable: string): string | undefined {
    const names = this.#patterns.flatMap(({ canonical }) =>
      ENVIRONMENT_PREFIXES.map((prefix) => `${prefix}${environmentName(canonical.join('.'))}`),
    )
    return nearestName(variable, names)
  }

  #nearest(path: readonly string[]): string | undefined {
    const names = this.#patterns
      .filter(({ segments }) => segments.length >= path.length && startsWith(segments, path.slice(0, -1)))
      .map(({ segments }) =>
        segments
          .slice(0, path.length)
          .map((each, at) => (each === '*' ? path[at] : each))
          .join('.'),
      )
    return nearestName(path.join('.'), names)
  }
}

/** Whether `long` begins with `short`; a `*` of either matches any name. */
function startsWith(long: readonly string[], short: readonly string[]): boolean {
  return (
    short.length <= long.length &&
    short.every((each, at) => each === '*' || long[at] === '*' || relax(each) === relax(long[at] ?? ''))
  )
}

/** Cuts what stands between two relaxed texts out of the variable, whose underscores are still there. */
function nameWithin(variable: string, before: string, after: string): string {
  const cut = (text: string, letters: number): string => {
    let at = 0
    for (let seen = 0; seen < letters || text[at] === '_'; at++) if (text[at] !== '_') seen++
    return text.slice(at)
  }
  const reversed = (text: string): string => [...text].reverse().join('')
  const tail = cut(variable, before.length)
  return reversed(cut(reversed(tail), after.length))
    .toLowerCase()
    .replaceAll('_', '-')
}
