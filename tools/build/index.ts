export { PACK_ERRORS, PackError, type PackErrorCode } from './errors.ts'
export { packPlugin } from './pack-plugin.ts'
export { packWorkspace } from './package.ts'
