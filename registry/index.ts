export { type RegistryProcess, startRegistryProcess } from './embedded/registry-process.ts'
