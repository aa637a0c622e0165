import { type ErrorOptions, type ErrorTraits, PinionError } from '../errors/index.ts'

const user = { kind: 'user', retryable: false } as const
const environment = { kind: 'environment', retryable: true } as const

/** Every code of this room. A code's meaning never changes. */
export const PLUGIN_ERRORS = {
  /** No active version offers the type. */
  PLUGIN_TYPE_UNKNOWN: user,
  /** The instance's allow or deny list refuses the type. */
  PLUGIN_TYPE_FORBIDDEN: user,
  /** Another installed package already offers a type of this package. */
  PLUGIN_TYPE_TAKEN: user,
  /** Nothing that is installed and active satisfies the request. */
  PLUGIN_VERSION_NOT_INSTALLED: user,
  /** The instance's default is NONE and nothing nearer names a version. */
  PLUGIN_VERSION_REQUIRED: user,
  /** The text is no version, range, dist-tag or keyword, or a keyword that is not allowed where it stands. */
  PLUGIN_VERSION_REQUEST_INVALID: user,
  /** A flow's lock names the version. */
  PLUGIN_VERSION_IN_USE: user,
  /** The version is being removed; it can be installed again once that has ended. */
  PLUGIN_VERSION_DRAINING: { kind: 'user', retryable: true },
  /** Other bytes are installed under the same name and version. */
  PLUGIN_VERSION_CONFLICT: user,
  PLUGIN_COORDINATE_INVALID: user,
  /** No configured repository has the package. */
  PLUGIN_PACKAGE_UNKNOWN: user,
  /** The package exists, but no published version satisfies the request. */
  PLUGIN_VERSION_NOT_PUBLISHED: user,
  /** The tarball breaks the rules of a plugin package. */
  PLUGIN_PACKAGE_INVALID: user,
  /** The package holds no manifest: it is no plugin. */
  PLUGIN_MANIFEST_MISSING: user,
  PLUGIN_MANIFEST_INVALID: user,
  /** The bundle or source map is not the one that the manifest describes. */
  PLUGIN_BUNDLE_MISMATCH: user,
  PLUGIN_API_INCOMPATIBLE: user,
  /** The bytes are not those that the registry, or an earlier install, vouched for. */
  PLUGIN_INTEGRITY_MISMATCH: user,
  /** A worker could not load the version. */
  PLUGIN_ACTIVATION_FAILED: user,
  PLUGIN_ACTIVATION_TIMEOUT: environment,
  PLUGIN_MANAGEMENT_DISABLED: user,
  PLUGIN_CUSTOM_DISABLED: user,
  /** An allow or deny list holds a pattern that does not compile. */
  PLUGIN_POLICY_INVALID: user,
  /** Too many installs wait already. */
  PLUGIN_MANAGER_BUSY: environment,
  /** The manager is closing. */
  PLUGIN_MANAGER_CLOSED: environment,
} as const satisfies Record<string, ErrorTraits>

export type PluginErrorCode = keyof typeof PLUGIN_ERRORS

/** Anything that goes wrong between a package in a registry and a type that a flow can use. */
export class PluginError extends PinionError<PluginErrorCode> {
  constructor(code: PluginErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, PLUGIN_ERRORS[code], message, options)
  }
}
