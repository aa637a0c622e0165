import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { RuntimeError } from '../errors.ts'
import { MAX_BUNDLE_BYTES } from '../limits.ts'
import type { HostBundle } from '../protocol/messages.ts'

/**
 * Reads a bundle and checks that it is what was installed.
 *
 * @throws RuntimeError `PLUGIN_LOAD_FAILED`
 */
export function readBundle(bundle: HostBundle): string {
  const name = `${bundle.packageName}@${bundle.version}`
  let content: Buffer
  try {
    const { size } = statSync(bundle.bundlePath)
    if (size > MAX_BUNDLE_BYTES) {
      throw new RuntimeError(
        'PLUGIN_LOAD_FAILED',
        `The bundle of ${name} takes ${size} bytes; ${MAX_BUNDLE_BYTES} are allowed.`,
      )
    }
    content = readFileSync(bundle.bundlePath)
  } catch (error) {
    if (error instanceof RuntimeError) throw error
    throw new RuntimeError('PLUGIN_LOAD_FAILED', `The bundle of ${name} cannot be read.`, {
      hint: `Install the version again. (${error instanceof Error ? error.message : String(error)})`,
      cause: error,
    })
  }
  const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`
  if (integrity !== bundle.sha512) {
    throw new RuntimeError(
      'PLUGIN_LOAD_FAILED',
      `The bundle of ${name} is not the one that was installed: its integrity is ${integrity}, not ${bundle.sha512}.`,
      { hint: 'The file has changed on disk. Install the version again.' },
    )
  }
  return content.toString('utf8')
}
