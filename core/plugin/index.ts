export {
  type BundlePaths,
  Catalog,
  type CatalogListener,
  type CatalogOptions,
  type FindOffering,
  type PackageVersionView,
  type PackageView,
  type PluginGroup,
  type PropertyDescription,
  type PropertyGroup,
  type Snapshot,
  type TypeDescription,
  type TypePolicyOptions,
  type TypeSchema,
  type TypeSummary,
} from './catalog/index.ts'
export {
  type Coordinate,
  type Coordinates,
  createCoordinates,
  type GroupScopes,
} from './coordinates/index.ts'
export {
  type DefaultLevels,
  type DefaultsTarget,
  type FindNestedTarget,
  mergeDefaults,
  toVersionRequest,
} from './defaults/index.ts'
export { PLUGIN_ERRORS, PluginError, type PluginErrorCode } from './errors.ts'
export { type InspectedPackage, inspectPackage, type OpenTarball } from './inspect/index.ts'
export {
  type Activator,
  assertManagementAllows,
  DEVELOPMENT,
  type DevelopmentBuild,
  type EventOutcome,
  type FlowUse,
  type GrantPermissions,
  type InstallOutcome,
  type InstallStep,
  type ManagementSettings,
  type PackageEvent,
  type PackageOffer,
  PluginManager,
  type PluginManagerOptions,
  type RemovalOutcome,
  type StepListener,
} from './install/index.ts'
export { ENGINE_TYPES, type EngineType, isEngineType, parseManifest } from './manifest/index.ts'
export type { InstallState, PluginVersionRecord, PluginVersionRepository } from './repository.ts'
export type {
  CatalogSnapshot,
  PropertyFault,
  ResolvedType,
  VersionChoice,
  VersionRequest,
} from './resolved-type.ts'
export {
  compilePattern,
  createTypeChecks,
  findNearestName,
  locatePlugins,
  type NestedPlugin,
  type Pattern,
  type TypeChecks,
} from './schema/index.ts'
export type { DownloadedPackage, PackageSource, PackageSummary, PackageVersions } from './source.ts'
export { parseDefaultVersion } from './version/index.ts'
