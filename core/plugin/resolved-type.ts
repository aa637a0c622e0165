import type { PluginKind, PluginTypeManifest } from '@pinion/plugin-sdk/manifest'
import type { PinionError } from '../errors/index.ts'
import type { BundleRef } from '../runtime/index.ts'

/** A fault of one property against its type's schema. `path` is a JSON path below the plugin, such as `options.auth`. */
export interface PropertyFault {
  readonly path: string
  readonly message: string
  /** Set when the fault is a name that does not exist; the nearest one that does. */
  readonly suggestion?: string
}

/** One type of one installed version, ready to validate with and to run. */
export interface ResolvedType {
  /** Canonical id, aliases followed. */
  readonly type: string
  readonly kind: PluginKind
  readonly packageName: string
  readonly version: string
  /** SRI of the package's tarball. */
  readonly integrity: string
  readonly manifest: PluginTypeManifest
  readonly bundle: BundleRef
  /** Top level property names, for defaults that must ignore what a type lacks. */
  readonly propertyNames: ReadonlySet<string>
  /**
   * Where the schema says `$plugin: KIND`: a plugin, or a list of them, stands there. Property names joined by `.`; `*`
   * stands for every entry of a list or value of a map, as in `cases.*`. `locatePlugins` finds them in properties.
   */
  readonly nestedPlugins: readonly { readonly path: string; readonly kind: PluginKind }[]
  /**
   * Checks properties as written, without the core properties (id, type, version, …): an expression may stand for any
   * value that is `$dynamic`, or below one that is. A nested plugin only has to be an object with a `type`: whoever
   * resolves it checks it. Texts that can be read as what the schema asks for are accepted, as at run time. Compiled
   * once, when first asked for.
   */
  checkWritten(properties: unknown): readonly PropertyFault[]
  /**
   * Checks properties after rendering and turns texts into what the schema asks for ("3" into 3, JSON text into an
   * object). Fills in the schema's defaults.
   */
  checkRendered(properties: unknown): { readonly value: unknown; readonly faults: readonly PropertyFault[] }
  checkOutputs(outputs: unknown): readonly PropertyFault[]
}

export interface VersionRequest {
  /** As written: a type id or an alias of one. */
  readonly type: string
  /** What each level asks for, nearest first decides: exact version, semver range, dist-tag, LATEST, OLDEST (any case). */
  readonly task?: string
  readonly flow?: string
  readonly namespace?: string
  /** Also CURRENT and NONE. */
  readonly instance: string
}

export interface VersionChoice {
  readonly resolved: ResolvedType
  readonly request: string
  readonly decidedBy: 'task' | 'flow' | 'namespace' | 'instance' | 'core'
  /** Set when the flow used a former id. */
  readonly alias?: string
}

/** All that is installed and active at one moment. Immutable: a change makes a new one with the next generation. */
export interface CatalogSnapshot {
  readonly generation: number
  /**
   * @throws PluginError `PLUGIN_TYPE_UNKNOWN`, `PLUGIN_TYPE_FORBIDDEN`, `PLUGIN_VERSION_NOT_INSTALLED`,
   *   `PLUGIN_VERSION_REQUIRED`, `PLUGIN_VERSION_REQUEST_INVALID`
   */
  resolve(request: VersionRequest): VersionChoice
  /** The exact version of a lock entry, or undefined if it went away or is no longer allowed. */
  findExact(type: string, packageName: string, version: string): ResolvedType | undefined
  /** Why `findExact` finds nothing, for a person to read. */
  explainMissing(type: string, packageName: string, version: string): PinionError
  /** All names of a type, as installed: the canonical id first, then its aliases. An unknown name stands alone. */
  namesOf(type: string): readonly string[]
  /** The same, as if this version were not installed: to see who needs it. */
  without(packageName: string, version: string): CatalogSnapshot
  /** Canonical ids of a kind, sorted; all kinds without one. */
  listTypes(kind?: PluginKind): readonly string[]
  /** Active versions that offer a type, newest first. */
  listVersions(type: string): readonly ResolvedType[]
}
