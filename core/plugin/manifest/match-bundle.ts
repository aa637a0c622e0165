import { createHash } from 'node:crypto'
import type { BundleFile } from '@pinion/plugin-sdk/manifest'
import { PluginError } from '../errors.ts'

/**
 * Checks a file's bytes against what the manifest says of them.
 *
 * @param label - whose file, for messages
 * @throws PluginError `PLUGIN_BUNDLE_MISMATCH`
 */
export function matchBundle(bytes: Buffer, described: BundleFile, label: string): void {
  const faults: string[] = []
  if (bytes.length !== described.sizeBytes) {
    faults.push(`it has ${bytes.length} bytes, the manifest says ${described.sizeBytes}`)
  }
  const digest = digestOf(bytes)
  if (digest !== described.sha512)
    faults.push(`its digest is ${digest}, the manifest says ${described.sha512}`)
  if (faults.length === 0) return
  throw new PluginError(
    'PLUGIN_BUNDLE_MISMATCH',
    `${described.file} of ${label} is not the file that its manifest describes: ${faults.join('; ')}.`,
    { hint: 'Build and publish the package again: `pinion plugin build` writes both together.' },
  )
}

/** The `sha512-…` SRI string of some bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}
