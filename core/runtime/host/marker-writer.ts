import { fstatSync, writeSync } from 'node:fs'
import { encodeMarker, MARKER_BYTES, MARKER_FD } from '../protocol/marker.ts'

/** Says whose code is about to run, where the parent can read it when this process no longer speaks. */
export class MarkerWriter {
  readonly #words = new Uint32Array(MARKER_BYTES / Uint32Array.BYTES_PER_ELEMENT)
  #seq = 0
  /** Written with the next entry. */
  begun = 0

  constructor() {
    fstatSync(MARKER_FD)
  }

  enter(attempt: number, bundle: number, sliceMs: number): void {
    this.#write(attempt, bundle, sliceMs)
  }

  leave(): void {
    this.#write(0, 0, 0)
  }

  /** Keeps attempt and bundle: they are the ones to blame. */
  markCatastrophe(): void {
    this.#words[5] = 1
    writeSync(MARKER_FD, this.#words, 0, MARKER_BYTES, 0)
  }

  #write(attempt: number, bundle: number, sliceMs: number): void {
    this.#seq = (this.#seq + 1) >>> 0
    encodeMarker(
      { seq: this.#seq, attempt, bundle, sliceMs, begun: this.begun, isCatastrophe: false },
      this.#words,
    )
    writeSync(MARKER_FD, this.#words, 0, MARKER_BYTES, 0)
  }
}
