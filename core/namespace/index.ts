export { ancestorsOf } from './ancestors.ts'
export type { Namespace, NamespaceRepository, PluginDefault } from './model.ts'
