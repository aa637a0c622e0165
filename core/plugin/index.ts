export type { InstallState, PluginVersionRecord, PluginVersionRepository } from './repository.ts'
export type {
  CatalogSnapshot,
  PropertyFault,
  ResolvedType,
  VersionChoice,
  VersionRequest,
} from './resolved-type.ts'
export type { DownloadedPackage, PackageSource, PackageSummary, PackageVersions } from './source.ts'
