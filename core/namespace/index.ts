export { ancestorsOf } from './ancestors.ts'
export { NAMESPACE_ERRORS, NamespaceError, type NamespaceErrorCode, type NamespaceFault } from './errors.ts'
export type { Namespace, NamespaceRepository, PluginDefault } from './model.ts'
export { isNamespaceName, MAX_NAMESPACE_LENGTH, NAMESPACE_PATTERN } from './name.ts'
export {
  type InheritedNamespace,
  type NamespaceDefaults,
  type NamespaceListener,
  NamespaceService,
} from './namespace-service.ts'
