import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const SDK_NAME = '@pinion/plugin-sdk'

/**
 * The door of this very SDK: TypeScript in its workspace; packing turns this address into that of the JavaScript.
 */
export function ownDoor(): string {
  return fileURLToPath(new URL('../index.ts', import.meta.url))
}

/** Whether the project has an SDK of its own installed; if not, it is built with this one. */
export function hasInstalledSdk(projectDir: string): boolean {
  for (let folder = projectDir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', SDK_NAME, 'package.json'))) return true
    if (folder === dirname(folder)) return false
  }
}
