export type {
  ClientLimits,
  ClientTimeouts,
  PackageClientOptions,
  RepositoryOptions,
} from './client/options.ts'
export {
  createPackageClient,
  type PackageClient,
  type PackageVersionList,
  type SavedPackage,
} from './client/package-client.ts'
export type { FoundPackage } from './client/search.ts'
export type { Inspect, InspectionResult, TarballToInspect } from './embedded/child/inspector.ts'
export type {
  LoginOutcome,
  RegistryEvents,
  RegistryLogLine,
  RegistryProcessOptions,
} from './embedded/options.ts'
export type {
  DeprecatedEvent,
  DistTagsChangedEvent,
  PublishedEvent,
  RegistryEvent,
  RegistryIdentity,
  UnpublishDecision,
  UnpublishedEvent,
  UplinkOptions,
} from './embedded/protocol.ts'
export { type RegistryProcess, startRegistryProcess } from './embedded/registry-process.ts'
export type { PackageListing, StoredPackage, StoredVersion } from './embedded/storage/list-packages.ts'
export {
  type ErrorTraits,
  REGISTRY_ERRORS,
  REGISTRY_REFUSALS,
  type RefusalCode,
  RegistryError,
  type RegistryErrorCode,
  type RegistryErrorPlace,
} from './errors.ts'
export { TARBALL_LIMITS, type TarballLimits } from './limits.ts'
export { type OpenedTarball, type OpenTarballOptions, openTarball } from './tarball/open-tarball.ts'
