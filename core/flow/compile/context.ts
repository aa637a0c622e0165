import type { CatalogSnapshot } from '../../plugin/index.ts'
import type { FlowLock } from '../lock.ts'
import type { PropertyPath } from '../path/property-path.ts'
import type { ParsedYaml } from '../yaml/parse-yaml.ts'
import type { FlowDefaults } from './plugin-levels.ts'
import type { ProblemList } from './problem-list.ts'

/** Ids that expressions may name. */
export interface KnownNames {
  /** Of all tasks. */
  readonly tasks: ReadonlySet<string>
  /** Of all inputs; an id with a dot is a nested value. */
  readonly inputs: ReadonlySet<string>
}

/** What the parts of one compilation share. */
export interface CompileContext {
  readonly yaml: ParsedYaml
  readonly problems: ProblemList
  readonly catalog: CatalogSnapshot
  readonly defaults: FlowDefaults
  /** `plugins.management.defaultVersion`. */
  readonly instanceVersion: string
  /** Pins exact versions, by path. */
  readonly lock?: FlowLock
  readonly known: KnownNames
  /** Where each task stands that was looked at so far, by id. */
  readonly taskPaths: Map<string, PropertyPath>
}
