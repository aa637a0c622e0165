import { deepStrictEqual, partialDeepStrictEqual } from 'node:assert/strict'
import type { Teller } from './teller.ts'

/** A claim of the story that did not hold. */
export class StoryError extends Error {
  constructor(claim: string, seen: string, cause?: unknown) {
    super(`It does not hold that ${claim}. Seen:\n${seen}`, cause === undefined ? undefined : { cause })
    this.name = 'StoryError'
  }
}

/** Holds claims against what was seen; one that does not hold ends the story. */
export class Proofs {
  readonly #teller: Teller

  constructor(teller: Teller) {
    this.#teller = teller
  }

  equal(claim: string, seen: unknown, expected: unknown): void {
    this.#hold(claim, seen, () => deepStrictEqual(seen, expected))
  }

  /** What is seen may hold more than what is expected, in objects and lists. */
  contains(claim: string, seen: unknown, expected: object): void {
    this.#hold(claim, seen, () => partialDeepStrictEqual(seen, expected))
  }

  /** The line that matches is told. */
  matches(claim: string, text: string, pattern: RegExp): void {
    const match = pattern.exec(text)
    if (match === null) throw new StoryError(claim, `${text}\n(expected: ${pattern})`)
    const start = text.lastIndexOf('\n', match.index) + 1
    this.#teller.proof(claim, text.slice(start).split('\n', 1)[0] ?? '')
  }

  that(claim: string, isTrue: boolean, seen = ''): void {
    if (!isTrue) throw new StoryError(claim, seen)
    this.#teller.proof(claim, seen)
  }

  #hold(claim: string, seen: unknown, check: () => void): void {
    const shown = typeof seen === 'string' ? seen : (JSON.stringify(seen) ?? 'nothing')
    try {
      check()
    } catch (error) {
      throw new StoryError(claim, `${shown}\n${error instanceof Error ? error.message : ''}`, error)
    }
    this.#teller.proof(claim, shown)
  }
}
