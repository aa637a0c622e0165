import { inspectPackage, PluginError } from '@pinion/core/plugin'
import { type Inspect, openTarball, RegistryError } from '@pinion/registry'

/**
 * The module that the registry's process loads: a plugin whose manifest, bundle and schemas disagree is refused before it
 * is stored. A package without a manifest is no plugin and none of our business: a registry holds other packages too.
 */
export const inspect: Inspect = async ({ path, name, version }) => {
  try {
    await inspectPackage(openTarball, path, { name, version })
    return { ok: true }
  } catch (error) {
    if (error instanceof PluginError) {
      return error.code === 'PLUGIN_MANIFEST_MISSING' ? { ok: true } : { ok: false, problems: [told(error)] }
    }
    if (error instanceof RegistryError) return { ok: false, problems: [told(error)] }
    throw error
  }
}

function told({ message, hint }: { readonly message: string; readonly hint: string | undefined }): string {
  return hint === undefined ? message : `${message} ${hint}`
}
