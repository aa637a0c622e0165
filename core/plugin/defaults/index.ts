export type { DefaultLevels } from './levels.ts'
export { type DefaultsTarget, type FindNestedTarget, mergeDefaults } from './merge-defaults.ts'
export { toVersionRequest } from './version-request.ts'
