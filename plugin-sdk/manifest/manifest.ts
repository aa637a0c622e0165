/**
 * What `pinion plugin build` writes to `dist/manifest.json` and all that the platform reads when a version is
 * installed: no plugin code runs until a task needs it.
 */

export const MANIFEST_VERSION = 1
/** The plugin API offered by this release; a plugin's `requires` range must contain it. */
export const PLUGIN_API_VERSION = '1.0.0'
/** Where the manifest lies in the npm package. */
export const MANIFEST_PATH = 'dist/manifest.json'

export const PLUGIN_KINDS = [
  'task',
  'trigger',
  'condition',
  'taskRunner',
  'logExporter',
  'secretManager',
  'storage',
] as const
export type PluginKind = (typeof PLUGIN_KINDS)[number]

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }
export type JsonObject = { readonly [key: string]: JsonValue }
/**
 * A JSON Schema (draft 2020-12) object. Beyond the standard, a property may carry `$group` (main, connection,
 * source, processing, execution, destination, reliability, advanced or one of the author's), `$dynamic` (true:
 * may be an expression), `$hidden`, `$internalStorageUri`, `$secret`, and `$plugin` (a {@link PluginKind}: a
 * plugin, or a list of them, stands there: an object with `type`).
 */
export type JsonSchema = JsonObject

export type PluginRuntimeKind = 'isolate' | 'node'

/**
 * `host` may start with `*.`; without `ports` the ports 80 and 443 are meant. A host of `*` means any public
 * address, and without `ports` every port of it: what a general HTTP client needs.
 */
export interface NetworkPermission {
  readonly host: string
  readonly ports?: readonly number[]
  /**
   * Private and loopback addresses too, where `host` is a pattern: what a client inside a company needs. Link-local ones,
   * where clouds answer with credentials, must be named. Granted to trusted scopes only.
   */
  readonly private?: boolean
}

/** What a version asks for; what is not listed is not there. */
export interface PluginPermissions {
  readonly network?: readonly NetworkPermission[]
  readonly storage?: boolean
  readonly kv?: boolean
  readonly secrets?: boolean
  readonly state?: boolean
  readonly process?: boolean
  readonly sockets?: readonly NetworkPermission[]
  readonly wasm?: boolean
}

/** `file` is relative to the package's root; `sha512` is an SRI string (`sha512-…`). */
export interface BundleFile {
  readonly file: string
  readonly sha512: string
  readonly sizeBytes: number
}

export interface ExampleManifest {
  readonly title: string
  /** YAML. With `full`, a whole flow; otherwise the properties of one task or trigger, without id and type. */
  readonly code: string
  readonly full: boolean
}

export interface MetricManifest {
  readonly name: string
  readonly type: 'counter' | 'timer' | 'gauge'
  readonly unit?: string
  readonly description?: string
}

export interface PluginTypeManifest {
  /** Full type id, such as `io.kestra.plugin.core.log.Log`. */
  readonly type: string
  readonly kind: PluginKind
  readonly title: string
  readonly description?: string
  /**
   * Always `type: object`, with `additionalProperties: false` unless the author opened it. Never declares `id`,
   * `type` or `version`.
   */
  readonly properties: JsonSchema
  readonly outputs?: JsonSchema
  readonly metrics: readonly MetricManifest[]
  readonly examples: readonly ExampleManifest[]
  readonly aliases: readonly string[]
  readonly deprecated?: { readonly message: string; readonly replacement?: string }
  readonly beta?: boolean
  /**
   * `engine`: the type steers the course of a flow and the engine executes it; the bundle holds no code for it. Installed
   * only if the engine knows the type.
   */
  readonly executedBy?: 'engine'
  /** True: every run gets a context (global scope) of its own. Otherwise runs of a version share one. */
  readonly freshContext?: boolean
}

export interface SubgroupManifest {
  /** Package part of the type ids, such as `io.kestra.plugin.core.http`. */
  readonly id: string
  readonly title: string
  readonly description?: string
  readonly categories: readonly string[]
  /** SVG text. */
  readonly icon?: string
}

export interface PluginManifest {
  readonly manifestVersion: typeof MANIFEST_VERSION
  /** npm package name and exact version; equal to those in `package.json`. */
  readonly name: string
  readonly version: string
  readonly runtime: PluginRuntimeKind
  /** Semver range of the plugin API. */
  readonly requires: string
  readonly group: string
  readonly title: string
  readonly description: string
  /** SVG text. */
  readonly icon: string
  /** Markdown: the long text of the group's page. */
  readonly docs?: string
  readonly guides: readonly { readonly title: string; readonly markdown: string }[]
  readonly permissions: PluginPermissions
  /**
   * An IIFE script that assigns `globalThis.__pinionPlugin = { types: { [type]: definition } }` (isolate), or an
   * ES module that exports `types` (node).
   */
  readonly bundle: BundleFile
  readonly sourceMap?: BundleFile
  readonly subgroups: readonly SubgroupManifest[]
  readonly types: readonly PluginTypeManifest[]
}
