import type { RegistryEvent, UnpublishDecision, VersionToUnpublish } from '../protocol.ts'
import type { Inspector } from './inspector.ts'
import type { Ownership } from './ownership.ts'
import type { PackageLocks } from './package-lock.ts'
import type { PackageStore } from './package-store.ts'
import type { Tombstones } from './tombstones.ts'
import type { UplinkNames } from './uplink-names.ts'

/** What a change works with. */
export interface RegistryContext {
  readonly store: PackageStore
  readonly locks: PackageLocks
  readonly ownership: Ownership
  readonly tombstones: Tombstones
  readonly uplinkNames: UplinkNames
  readonly inspector: Inspector | undefined
  readonly maxTarballBytes: number
  /** Hands an event to the parent's channel; resolves when it has left this process. */
  readonly tell: (event: RegistryEvent) => Promise<void>
  readonly mayUnpublish: (versions: readonly VersionToUnpublish[]) => Promise<readonly UnpublishDecision[]>
}

/** What a change answers, in npm's form. */
export interface WriteAnswer {
  readonly status: 200 | 201
  readonly body: { readonly ok: string; readonly success: true }
}

export function created(ok: string): WriteAnswer {
  return { status: 201, body: { ok, success: true } }
}
