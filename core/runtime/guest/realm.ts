import type { HostFault, HostFunction } from '../protocol/guest.ts'

/**
 * By chunk, what its installer returns: the globals that it brings, and what other chunks use of it. Each chunk adds itself
 * beside its installer, so that this file need not know them.
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface ChunkExports {}

export interface CallAnswer {
  readonly value: unknown
  readonly bytes: Uint8Array | undefined
}

/** What the parts of the global scope share. Never reachable from plugin code. */
export interface GuestRealm {
  readonly host: HostFunction
  /** The attempt whose code is running; 0 while a bundle is evaluated, and for timers begun then. */
  current(): number
  /** Calls the host for the running attempt, or for `attempt`. Rejects with the host's fault. */
  call(method: string, params: unknown, bytes?: Uint8Array, options?: CallOptions): Promise<CallAnswer>
  use<Name extends keyof ChunkExports>(chunk: Name): ChunkExports[Name]
  /** A timer of an attempt's own. @param delayMs - milliseconds */
  setTimer(attempt: number, delayMs: number, callback: () => void): void
  /** For errors that nobody can catch: the attempt fails; at load they are only dropped. */
  reportUncaught(error: unknown): void
}

export interface CallOptions {
  readonly attempt?: number
  /** Told how to withdraw the call. */
  readonly onBegin?: (cancel: () => void) => void
}

/** Errors that the host made, with the host's code: plugin code cannot forge membership. */
const hostCodes = new WeakMap<object, string>()

export function hostError(fault: HostFault): Error {
  const error = fault.name === 'TypeError' ? new TypeError(fault.message) : new Error(fault.message)
  if (fault.name !== 'TypeError')
    Object.defineProperty(error, 'name', { value: fault.name, configurable: true })
  Object.defineProperty(error, 'code', { value: fault.code, enumerable: true, configurable: true })
  hostCodes.set(error, fault.code)
  return error
}

export function hostCodeOf(error: object): string | undefined {
  return hostCodes.get(error)
}
