import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const SDK_NAME = '@pinion/plugin-sdk'

/**
 * The door of this SDK itself: TypeScript when it runs from its sources, JavaScript when it was installed from a registry.
 */
export function ownDoor(): string {
  const source = fileURLToPath(new URL('../index.ts', import.meta.url).href)
  return existsSync(source) ? source : `${source.slice(0, -'.ts'.length)}.js`
}

/** Whether the project has an SDK of its own installed; if not, it is built with this one. */
export function hasInstalledSdk(projectDir: string): boolean {
  for (let folder = projectDir; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'node_modules', SDK_NAME, 'package.json'))) return true
    if (folder === dirname(folder)) return false
  }
}
