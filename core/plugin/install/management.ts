import { splitScope } from '../coordinates/index.ts'
import { PluginError } from '../errors.ts'

/** `plugins.management`, as far as it says what people may do. */
export interface ManagementSettings {
  /** False: nobody installs, uninstalls or resolves by the API. What is installed keeps running. */
  readonly enabled: boolean
  /** False: only packages of the official scopes can be installed, and nothing can be uploaded. */
  readonly customPluginsEnabled: boolean
  /** npm scopes, `@` included. */
  readonly officialScopes: readonly string[]
}

/**
 * Refuses what the administrator switched off. For the edge where people ask; what the platform does on its own
 * account, such as installing what it came with, does not pass here.
 *
 * @param request - what is asked for
 * @throws PluginError `PLUGIN_MANAGEMENT_DISABLED`, `PLUGIN_CUSTOM_DISABLED`
 */
export function assertManagementAllows(
  settings: ManagementSettings,
  request:
    | { readonly action: 'list' | 'resolve' | 'uninstall' | 'upload' }
    | { readonly action: 'install'; readonly packageName: string },
): void {
  if (!settings.enabled) {
    throw new PluginError(
      'PLUGIN_MANAGEMENT_DISABLED',
      'Plugin management is switched off on this instance.',
      {
        hint: 'An administrator can set plugins.management.enabled to true and restart.',
      },
    )
  }
  if (settings.customPluginsEnabled) return
  const isCustom =
    request.action === 'upload' ||
    (request.action === 'install' && !settings.officialScopes.includes(splitScope(request.packageName).scope))
  if (!isCustom) return
  throw new PluginError(
    'PLUGIN_CUSTOM_DISABLED',
    request.action === 'install'
      ? `${request.packageName} is no official plugin, and custom plugins are switched off on this instance.`
      : 'Uploading plugins is switched off on this instance.',
    {
      hint: `Install a plugin of ${settings.officialScopes.join(', ')}, or ask an administrator to set plugins.management.customPluginsEnabled to true.`,
    },
  )
}
