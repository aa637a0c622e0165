import { LOG_BURST_CHARS, LOG_CHARS_PER_SECOND, LOG_LINE_OVERHEAD_CHARS } from '../limits.ts'

/** A token bucket over the characters that an attempt logs. */
export class LogBudget {
  #tokens = LOG_BURST_CHARS
  #filledAtMs: number
  #dropped = 0

  constructor(nowMs: number) {
    this.#filledAtMs = nowMs
  }

  /** @returns false if the line must be dropped; it is counted then. */
  take(chars: number, nowMs: number): boolean {
    const earned = ((nowMs - this.#filledAtMs) / 1000) * LOG_CHARS_PER_SECOND
    this.#tokens = Math.min(LOG_BURST_CHARS, this.#tokens + earned)
    this.#filledAtMs = nowMs
    const cost = chars + LOG_LINE_OVERHEAD_CHARS
    if (cost > this.#tokens) {
      this.#dropped++
      return false
    }
    this.#tokens -= cost
    return true
  }

  /** How many lines were dropped since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }
}
