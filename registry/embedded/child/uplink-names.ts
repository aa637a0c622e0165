import { matchesGlob } from 'node:path'
import type { UplinkOptions } from '../protocol.ts'

/** Knows which names belong to an uplink. Those are fetched and never published here, all others the reverse. */
export class UplinkNames {
  readonly #uplinks: readonly UplinkOptions[]

  constructor(uplinks: readonly UplinkOptions[]) {
    this.#uplinks = uplinks
  }

  uplinkOf(packageName: string): string | undefined {
    const matches = (pattern: string): boolean => matchesGlob(packageName, pattern)
    return this.#uplinks.find((uplink) => uplink.packages.some(matches))?.name
  }
}
