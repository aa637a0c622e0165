export { findNearestName } from './nearest-name.ts'
export {
  findPluginPlaces,
  locatePlugins,
  type NestedPlugin,
  type NestedPluginPlace,
} from './nested-plugins.ts'
export { compilePattern, type Pattern } from './pattern.ts'
export { createTypeChecks, type TypeChecks } from './type-checks.ts'
