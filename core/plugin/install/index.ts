export type { Activator } from './activation.ts'
export type { InstallOutcome } from './install-version.ts'
export { assertManagementAllows, type ManagementSettings } from './management.ts'
export type { EventOutcome, PackageEvent } from './package-event.ts'
export type { FlowUse, GrantPermissions, InstallStep, StepListener } from './parts.ts'
export {
  type PackageOffer,
  PluginManager,
  type PluginManagerOptions,
  type RemovalOutcome,
} from './plugin-manager.ts'
