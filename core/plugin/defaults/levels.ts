import type { PluginDefault } from '../../namespace/index.ts'

/** The plugin defaults that hold for one flow, level by level, each in the order written. */
export interface DefaultLevels {
  readonly flow: readonly PluginDefault[]
  /** Nearest namespace first, then its ancestors. */
  readonly namespaces: readonly (readonly PluginDefault[])[]
  readonly instance: readonly PluginDefault[]
}

/** A default that speaks for a type, and how closely. */
export interface MatchingDefault {
  readonly values: PluginDefault['values']
  /** It names the type, or a former id of it, and not just something above. */
  readonly isExact: boolean
}

/**
 * The defaults of one level that speak for a type, the strongest first: an exact entry beats a prefix, a longer prefix
 * a shorter one, and of two that are equal the later one counts.
 *
 * @param names - the type's canonical id and its former ids
 */
export function matchDefaults(
  defaults: readonly PluginDefault[],
  names: readonly string[],
  forced: boolean,
): readonly MatchingDefault[] {
  return defaults
    .flatMap((entry, index) => {
      if (entry.forced !== forced) return []
      const isExact = names.includes(entry.type)
      // A prefix ends where a name part ends: `io.kestra.plugin.aw` does not cover `io.kestra.plugin.aws.s3.Upload`.
      const covers = isExact || names.some((name) => name.startsWith(`${entry.type}.`))
      return covers ? [{ values: entry.values, isExact, length: entry.type.length, index }] : []
    })
    .sort(
      (left, right) =>
        Number(right.isExact) - Number(left.isExact) ||
        (left.isExact ? 0 : right.length - left.length) ||
        right.index - left.index,
    )
}
