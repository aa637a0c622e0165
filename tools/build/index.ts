export { packPlugin } from './pack-plugin.ts'
export { packWorkspace } from './package.ts'
