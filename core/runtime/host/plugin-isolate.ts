import ivm from 'isolated-vm'
import { RuntimeError } from '../errors.ts'
import type { GuestScripts } from '../guest-scripts.ts'
import { LOAD_SLICE_MS, MAX_REALMS_PER_ISOLATE } from '../limits.ts'
import { GUEST_CHUNKS, LOAD_ERROR_SLOT } from '../protocol/guest.ts'
import type { HostBundle } from '../protocol/messages.ts'
import { readBundle } from './bundle-file.ts'
import type { CodeCache } from './code-cache.ts'
import { CryptoKeys } from './crypto-keys.ts'
import { missingTypes } from './exported-types.ts'
import type { HostAttempt } from './host-attempt.ts'
import type { MarkerWriter } from './marker-writer.ts'
import { HttpClient } from './network/http-client.ts'
import { OwnTimers } from './own-timers.ts'
import { parseExports, Realm, type SliceEnd } from './realm.ts'
import { BUNDLE_FILE, GUEST_FILE_PREFIX } from './source-positions.ts'

const MIB = 1024 * 1024

export interface IsolateEnvironment {
  readonly scripts: GuestScripts
  readonly codeCache: CodeCache
  readonly marker: MarkerWriter
  /** Bytes. */
  readonly heapBytes: number
  operations(isolate: PluginIsolate, realm: Realm): (operation: unknown, ...args: unknown[]) => unknown
}

/** A plugin's own V8: one for each bundle in a host. */
export class PluginIsolate {
  readonly bundle: HostBundle
  readonly http: HttpClient
  readonly keys = new CryptoKeys()
  readonly ownTimers = new OwnTimers()
  readonly attempts = new Map<HostAttempt, Realm>()
  /** Code was cut off in the middle of something: its state is not trusted with anything new. */
  isTainted = false
  readonly #environment: IsolateEnvironment
  readonly #isolate: ivm.Isolate
  readonly #scripts = new Map<string, ivm.Script>()
  #sharedRealm: Realm | undefined

  constructor(bundle: HostBundle, environment: IsolateEnvironment) {
    this.bundle = bundle
    this.#environment = environment
    this.http = new HttpClient(bundle.permissions.network ?? [], `${bundle.packageName}@${bundle.version}`)
    this.#isolate = new ivm.Isolate({
      memoryLimit: Math.ceil(environment.heapBytes / MIB),
      onCatastrophicError: () => {
        // V8 has lost the isolate and holds this thread or another for good. The marker names the guilty one.
        environment.marker.markCatastrophe()
        process.kill(process.pid, 'SIGKILL')
      },
    })
  }

  get isGone(): boolean {
    return this.#isolate.isDisposed
  }

  /** Milliseconds of CPU that the isolate has used in its life. */
  get cpuMs(): number {
    return this.#isolate.isDisposed ? 0 : Number(this.#isolate.cpuTime) / 1e6
  }

  /**
   * Evaluates the bundle and compares its exports with the manifest. Idempotent.
   *
   * @throws RuntimeError `PLUGIN_LOAD_FAILED`, `PLUGIN_OUT_OF_MEMORY` or `PLUGIN_CPU_LIMIT`; its cause has the stack
   */
  load(attempt: number): void {
    this.#sharedRealm ??= this.#openRealm(attempt)
  }

  /** Where an attempt of this type runs: the shared global scope, or one of its own. */
  enterFor(attempt: HostAttempt, type: string): Realm {
    this.load(attempt.attempt)
    const isFresh = this.bundle.types.find((known) => known.type === type)?.freshContext === true
    let realm = this.#sharedRealm
    if (isFresh || realm === undefined) {
      const own = new Set(this.attempts.values())
      if (own.size >= MAX_REALMS_PER_ISOLATE) {
        throw new RuntimeError(
          'RUNTIME_OVERLOADED',
          `${MAX_REALMS_PER_ISOLATE} attempts of ${this.bundle.packageName}@${this.bundle.version} hold a global scope of their own.`,
        )
      }
      realm = this.#openRealm(attempt.attempt)
    }
    this.attempts.set(attempt, realm)
    return realm
  }

  leave(attempt: HostAttempt): void {
    const realm = this.attempts.get(attempt)
    this.attempts.delete(attempt)
    if (realm !== undefined && realm !== this.#sharedRealm) realm.release()
  }

  loadChunk(realm: Realm, name: unknown): boolean {
    const chunk = GUEST_CHUNKS.find((known) => known === name)
    if (chunk === undefined) return false
    realm.runChunk(this.#script(chunk, this.#environment.scripts.chunks[chunk]))
    return true
  }

  dispose(): void {
    void this.http.close()
    this.ownTimers.clear()
    if (this.#isolate.isDisposed) return
    for (const realm of new Set([this.#sharedRealm, ...this.attempts.values()])) realm?.release()
    for (const script of this.#scripts.values()) script.release()
    this.#scripts.clear()
    this.#isolate.dispose()
  }

  #openRealm(attempt: number): Realm {
    const { marker, scripts } = this.#environment
    const { bundle } = this
    const realm = new Realm(
      this.#isolate,
      marker,
      {
        bootstrap: this.#script('bootstrap', scripts.bootstrap),
        allowsWasm: bundle.permissions.wasm === true,
      },
      (made) => this.#environment.operations(this, made),
    )
    const code = this.#bundleScript()
    const end = realm.adopt(code, { attempt, bundle: bundle.bundle, sliceMs: LOAD_SLICE_MS })
    this.#checkExports(end)
    return realm
  }

  #checkExports(end: SliceEnd): void {
    const name = `${this.bundle.packageName}@${this.bundle.version}`
    if (end.kind === 'memory') {
      throw new RuntimeError('PLUGIN_OUT_OF_MEMORY', `${name} ran out of memory while it was loaded.`)
    }
    if (end.kind === 'timeout') {
      throw new RuntimeError(
        'PLUGIN_CPU_LIMIT',
        `${name} computed for more than ${LOAD_SLICE_MS} ms while it was loaded.`,
        {
          cause: Object.assign(new Error(), { stack: end.stack }),
        },
      )
    }
    const exported = end.kind === 'done' ? parseExports(end.value) : { fault: end.message }
    if ('fault' in exported) {
      throw new RuntimeError('PLUGIN_LOAD_FAILED', `${name} cannot be loaded: ${exported.fault}`, {
        cause: Object.assign(new Error(exported.fault), { stack: exported.stack ?? '' }),
      })
    }
    const faults = missingTypes(this.bundle.types, exported.types)
    if (faults.length > 0) {
      throw new RuntimeError(
        'PLUGIN_LOAD_FAILED',
        `${name} is not what its manifest says: ${faults.join(' ')}`,
        {
          hint: 'Build the plugin again with `pinion plugin build` and publish a new version.',
        },
      )
    }
  }

  #bundleScript(): ivm.Script {
    const known = this.#scripts.get('bundle')
    if (known !== undefined) return known
    const script = this.#compile(guarded(readBundle(this.bundle)))
    this.#scripts.set('bundle', script)
    return script
  }

  #compile(source: string): ivm.Script {
    try {
      return this.#environment.codeCache.compile(this.#isolate, source, BUNDLE_FILE, -1)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      throw new RuntimeError(
        'PLUGIN_LOAD_FAILED',
        `${this.bundle.packageName}@${this.bundle.version} is not valid JavaScript: ${error.message}`,
        { cause: error },
      )
    }
  }

  #script(name: string, source: string): ivm.Script {
    const known = this.#scripts.get(name)
    if (known !== undefined) return known
    const script = this.#environment.codeCache.compile(
      this.#isolate,
      source,
      `${GUEST_FILE_PREFIX}${name}.js`,
    )
    this.#scripts.set(name, script)
    return script
  }
}

/**
 * Catches what the bundle's top level throws while still inside: an error object that crossed by itself could run a
 * getter that no timeout reaches. Line 0 is ours, so that the bundle's own lines keep their numbers.
 */
function guarded(source: string): string {
  const directive = /^\s*(["'])use strict\1/.test(source) ? '"use strict";' : ''
  return `${directive}try{\n${source}\n}catch(error){globalThis.${LOAD_ERROR_SLOT}={error}}`
}
