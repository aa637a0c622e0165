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

  /** When the marker was last set, and not cleared since; 0 while it is clear. */
  #setAtMs = 0
  #longestMs = 0
  #isHolding = false

  enter(attempt: number, bundle: number, sliceMs: number): void {
    const nowMs = performance.now()
    this.#noteHold(nowMs)
    this.#setAtMs = nowMs
    this.#write(attempt, bundle, sliceMs)
  }

  leave(): void {
    if (!this.#isHolding) this.#clear()
  }

  /**
   * Runs several entries one after the other and clears the marker once, after the last: half of the writes. Between two
   * of them it names the one before.
   */
  during(entries: () => void): void {
    this.#isHolding = true
    try {
      entries()
    } finally {
      this.#isHolding = false
      this.#clear()
    }
  }

  /**
   * The longest time, since this was last asked, that the marker has stayed the same: what the parent can have seen as one
   * slice is never longer.
   */
  takeLongestMs(): number {
    this.#noteHold(performance.now())
    const longestMs = this.#longestMs
    this.#longestMs = 0
    return longestMs
  }

  #noteHold(nowMs: number): void {
    if (this.#setAtMs !== 0) this.#longestMs = Math.max(this.#longestMs, nowMs - this.#setAtMs)
  }

  /** Keeps attempt and bundle: they are the ones to blame. */
  markCatastrophe(): void {
    this.#words[5] = 1
    writeSync(MARKER_FD, this.#words, 0, MARKER_BYTES, 0)
  }

  #clear(): void {
    if (this.#setAtMs === 0) return
    this.#noteHold(performance.now())
    this.#setAtMs = 0
    this.#write(0, 0, 0)
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
