import ivm from 'isolated-vm'
import { LOAD_SLICE_MS } from '../limits.ts'
import { CHUNK_SLOT, type GuestEntries, type GuestExports, HOST_SLOT } from '../protocol/guest.ts'
import type { MarkerWriter } from './marker-writer.ts'

/** How a stay in plugin code ended. */
export type SliceEnd =
  | { readonly kind: 'done'; readonly value: unknown }
  /** Stopped by the timeout; `stack` says where. */
  | { readonly kind: 'timeout'; readonly stack: string }
  /** The isolate passed its heap limit and is gone. */
  | { readonly kind: 'memory' }
  /** A rejection that nobody handled; the slice itself went well. */
  | { readonly kind: 'unhandled'; readonly message: string }

export interface Slice {
  /** 0 while a bundle is evaluated. */
  readonly attempt: number
  readonly bundle: number
  /** Milliseconds. */
  readonly sliceMs: number
}

const TIMEOUT_MESSAGE = 'Script execution timed out.'

/**
 * One global scope in an isolate. Plugin code is entered on this process's own thread and always with a timeout; it
 * leaves again when its microtasks are done. Every further step of the plugin is another entry.
 */
export class Realm {
  readonly #isolate: ivm.Isolate
  readonly #context: ivm.Context
  readonly #entry: ivm.Reference<(...args: ivm.Transferable[]) => unknown>
  readonly #marker: MarkerWriter
  readonly #handles: { release(): void }[] = []

  constructor(
    isolate: ivm.Isolate,
    marker: MarkerWriter,
    scripts: { readonly bootstrap: ivm.Script; readonly allowsWasm: boolean },
    operations: (realm: Realm) => (operation: unknown, ...args: unknown[]) => unknown,
  ) {
    this.#isolate = isolate
    this.#marker = marker
    this.#context = isolate.createContextSync()
    this.#context.global.setSync(HOST_SLOT, new ivm.Callback(operations(this)))
    scripts.bootstrap.runSync(this.#context, { timeout: LOAD_SLICE_MS })
    this.#entry = this.#context.evalSync(
      `(() => { const boot = globalThis.${CHUNK_SLOT}; delete globalThis.${CHUNK_SLOT}; return boot(${scripts.allowsWasm}) })()`,
      { reference: true, timeout: LOAD_SLICE_MS },
    )
    // The context releases its reference to the global object itself.
    this.#handles.push(this.#entry, this.#context)
  }

  /** Evaluates a part of the global scope, from within a call of the guest's. */
  runChunk(script: ivm.Script): void {
    script.runSync(this.#context, { timeout: LOAD_SLICE_MS })
  }

  /** Evaluates the bundle and returns what it exports. */
  adopt(bundle: ivm.Script, slice: Slice): SliceEnd {
    const end = this.#guard(slice, () => bundle.runSync(this.#context, { timeout: slice.sliceMs }))
    if (end.kind === 'timeout' || end.kind === 'memory') return end
    return this.enter(slice, 'adopt')
  }

  enter<Entry extends keyof GuestEntries>(
    slice: Slice,
    entry: Entry,
    ...args: Parameters<GuestEntries[Entry]>
  ): SliceEnd {
    return this.#guard(slice, () =>
      this.#entry.applySync(undefined, [entry, ...args.map(carried)], { timeout: slice.sliceMs }),
    )
  }

  /** Released one by one: isolates whose handles were left to the collector have crashed long-lived hosts. */
  release(): void {
    if (this.#isolate.isDisposed) return
    for (const handle of this.#handles) handle.release()
  }

  #guard({ attempt, bundle, sliceMs }: Slice, run: () => unknown): SliceEnd {
    const startedAt = performance.now()
    this.#marker.enter(attempt, bundle, sliceMs)
    try {
      return { kind: 'done', value: run() }
    } catch (error) {
      if (this.#isolate.isDisposed) return { kind: 'memory' }
      const { message, stack } = error instanceof Error ? error : { message: String(error), stack: '' }
      // The text alone could come from a plugin's own rejection.
      if (message === TIMEOUT_MESSAGE && performance.now() - startedAt >= sliceMs) {
        return { kind: 'timeout', stack: stack ?? '' }
      }
      return { kind: 'unhandled', message: `${error instanceof Error ? error.name : 'Error'}: ${message}` }
    } finally {
      this.#marker.leave()
    }
  }
}

type Carried = number | boolean | string | Uint8Array | undefined

/** Primitives cross as they are; bytes are handed over without another copy. */
function carried(argument: Carried): ivm.Transferable {
  if (!(argument instanceof Uint8Array)) return argument
  return new ivm.ExternalCopy(argument).copyInto({ release: true, transferIn: true })
}

export function parseExports(value: unknown): GuestExports {
  const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : undefined
  if (typeof parsed !== 'object' || parsed === null) return { fault: 'The bundle could not be read.' }
  if ('fault' in parsed) {
    return { fault: String(parsed.fault), stack: 'stack' in parsed ? String(parsed.stack) : '' }
  }
  if (!('types' in parsed) || !Array.isArray(parsed.types)) return { fault: 'The bundle could not be read.' }
  return {
    types: parsed.types.map((entry: unknown) => {
      const record = typeof entry === 'object' && entry !== null ? entry : {}
      return {
        type: 'type' in record ? String(record.type) : '',
        kind: 'kind' in record ? String(record.kind) : '',
        hasRun: 'hasRun' in record && record.hasRun === true,
        hasEvaluate: 'hasEvaluate' in record && record.hasEvaluate === true,
      }
    }),
  }
}
