import { bundleKey } from './options.ts'
import type { HostBundle } from './protocol/messages.ts'
import type { BundleRef } from './runtime.ts'

/** A bundle that this runtime has met. */
export interface KnownBundle {
  readonly host: HostBundle
  /** Attempts that have not ended. */
  running: number
  isUnloading: boolean
  /** Told when `running` falls to 0. */
  readonly onIdle: (() => void)[]
}

/** Gives every code-and-grants its number. */
export class BundleRegistry {
  readonly #byKey = new Map<string, KnownBundle>()
  readonly #byNumber = new Map<number, KnownBundle>()
  /** Callers hand in the same object again and again; its key is computed once. */
  readonly #byRef = new WeakMap<BundleRef, KnownBundle>()
  #last = 0

  /** Makes it known if it is not. */
  of(ref: BundleRef): KnownBundle {
    const cached = this.#byRef.get(ref)
    if (cached !== undefined && this.#byNumber.get(cached.host.bundle) === cached) return cached
    const key = bundleKey(ref)
    const known = this.#byKey.get(key) ?? this.#add(key, ref)
    this.#byRef.set(ref, known)
    return known
  }

  get(bundle: number): KnownBundle | undefined {
    return this.#byNumber.get(bundle)
  }

  withSha512(sha512: string): readonly KnownBundle[] {
    return [...this.#byKey.values()].filter(({ host }) => host.sha512 === sha512)
  }

  all(): readonly KnownBundle[] {
    return [...this.#byKey.values()]
  }

  delete(known: KnownBundle): void {
    this.#byNumber.delete(known.host.bundle)
    for (const [key, value] of this.#byKey) if (value === known) this.#byKey.delete(key)
  }

  #add(key: string, ref: BundleRef): KnownBundle {
    const known: KnownBundle = {
      host: { bundle: ++this.#last, ...ref },
      running: 0,
      isUnloading: false,
      onIdle: [],
    }
    this.#byKey.set(key, known)
    this.#byNumber.set(known.host.bundle, known)
    return known
  }
}
