/**
 * The marker: 24 bytes of a file without a name that parent and host share by descriptor. The host writes it whenever
 * it enters or leaves plugin code; it is what the parent believes when the host has died or says nothing any more.
 * One write costs 1.2 µs; a message would cost ten times that and would arrive after the crash, or never.
 */
export interface Marker {
  /** Rises with every entry and every exit, so that two equal readings mean: the same slice, all the time between. */
  readonly seq: number
  /** 0: no plugin code is running. */
  readonly attempt: number
  /** 0: no plugin code is running. Set with attempt 0 while a bundle is evaluated. */
  readonly bundle: number
  /** Milliseconds that this slice may take. */
  readonly sliceMs: number
  /** `ordinal` of the last attempt that was begun: none given after it has been touched. */
  readonly begun: number
  /** V8 gave the isolate up; the host ended itself. */
  readonly isCatastrophe: boolean
}

export const MARKER_BYTES = 24
/** The descriptor in the host: after stdin, stdout, stderr and the IPC channel. */
export const MARKER_FD = 4

export function encodeMarker(marker: Marker, into: Uint32Array): void {
  into[0] = marker.seq
  into[1] = marker.attempt
  into[2] = marker.bundle
  into[3] = marker.sliceMs
  into[4] = marker.begun
  into[5] = marker.isCatastrophe ? 1 : 0
}

export function decodeMarker(words: Uint32Array): Marker {
  return {
    seq: words[0] ?? 0,
    attempt: words[1] ?? 0,
    bundle: words[2] ?? 0,
    sliceMs: words[3] ?? 0,
    begun: words[4] ?? 0,
    isCatastrophe: words[5] === 1,
  }
}
