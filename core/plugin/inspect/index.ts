export { type InspectedPackage, inspectPackage, type OpenTarball } from './inspect-package.ts'
