export { Catalog, type CatalogListener, type CatalogOptions } from './catalog.ts'
export type { PropertyDescription, PropertyGroup } from './describe-properties.ts'
export type { TypeDescription } from './describe-type.ts'
export {
  type BundlePaths,
  type InstalledVersion,
  type LocateBundle,
  toBundleRef,
} from './installed-version.ts'
export type { TypeSchema } from './json-schema.ts'
export type { PluginGroup, TypeSummary } from './list-groups.ts'
export type { PackageVersionView, PackageView } from './list-packages.ts'
export type { Snapshot } from './snapshot.ts'
export { createTypePolicy, type TypePolicy, type TypePolicyOptions } from './type-policy.ts'
export type { FindOffering } from './unknown-type.ts'
