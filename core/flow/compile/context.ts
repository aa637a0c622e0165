import type { CatalogSnapshot } from '../../plugin/index.ts'
import type { FlowLock } from '../lock.ts'
import type { ParsedYaml } from '../yaml/parse-yaml.ts'
import type { KnownNames } from './check-templates.ts'
import type { FlowDefaults } from './plugin-levels.ts'
import type { ProblemList } from './problem-list.ts'

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
}
