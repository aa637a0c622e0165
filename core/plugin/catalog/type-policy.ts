import { PluginError } from '../errors.ts'
import { compilePattern } from '../schema/index.ts'

/** `plugins.security`: type names or RE2 patterns, each matched against whole type names. */
export interface TypePolicyOptions {
  /** Absent or empty: everything is allowed. */
  readonly includes?: readonly string[]
  /** Wins over `includes`. */
  readonly excludes?: readonly string[]
}

/** Which types may be used on this instance. */
export interface TypePolicy {
  /**
   * Judged by the canonical id; a type is also refused when the deny list names one of its aliases. The allow list
   * does not look at aliases, because a package chooses its own.
   */
  isAllowed(type: string, aliases: readonly string[]): boolean
}

/**
 * @throws PluginError `PLUGIN_POLICY_INVALID` listing every pattern that does not compile
 * @see the reference's page on allowed and restricted plugins
 */
export function createTypePolicy(options: TypePolicyOptions): TypePolicy {
  const faults: string[] = []
  const compile = (list: 'includes' | 'excludes') =>
    (options[list] ?? []).map((text) => {
      try {
        return compilePattern(text)
      } catch (error) {
        faults.push(
          `plugins.security.${list}: "${text}" (${error instanceof Error ? error.message : String(error)})`,
        )
        return undefined
      }
    })
  const includes = compile('includes')
  const excludes = compile('excludes')
  if (faults.length > 0) {
    throw new PluginError('PLUGIN_POLICY_INVALID', `These patterns do not compile: ${faults.join('; ')}.`, {
      hint: 'Write a type name, or a regular expression without look-around and back-references.',
    })
  }
  const matches = (patterns: typeof includes, name: string) =>
    patterns.some((pattern) => pattern?.testWhole(name))
  return {
    isAllowed: (type, aliases) =>
      (includes.length === 0 || matches(includes, type)) &&
      ![type, ...aliases].some((name) => matches(excludes, name)),
  }
}
