export {
  DURATION_PATTERN,
  GROUP_PATTERN,
  PROPERTY_GROUPS,
  RESERVED_PROPERTIES,
  TYPE_ID_PATTERN,
} from './formats.ts'
export type {
  BundleFile,
  ExampleManifest,
  JsonObject,
  JsonSchema,
  JsonValue,
  MetricManifest,
  NetworkPermission,
  PluginKind,
  PluginManifest,
  PluginPermissions,
  PluginRuntimeKind,
  PluginTypeManifest,
  SubgroupManifest,
} from './manifest.ts'
export { MANIFEST_PATH, MANIFEST_VERSION, PLUGIN_API_VERSION, PLUGIN_KINDS } from './manifest.ts'
