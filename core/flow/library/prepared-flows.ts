import { MAX_PREPARED_CHARACTERS, MAX_PREPARED_FLOWS } from '../limits.ts'

interface Entry<Value> {
  readonly stamp: string
  readonly value: Promise<Value>
  sizeCharacters: number
}

/**
 * What was made once and holds as long as its stamp is the current one. Bounded by number and by size; the one unused
 * for longest goes first. Callers that ask at the same time share one making.
 */
export class PreparedFlows<Value> {
  // A map keeps the order of insertion: an entry that is used is inserted again, so that the first is the oldest.
  readonly #entries = new Map<string, Entry<Value>>()
  readonly #sizeOf: (value: Value) => number
  #sizeCharacters = 0

  /** @param sizeOf - characters that a value stands for */
  constructor(sizeOf: (value: Value) => number) {
    this.#sizeOf = sizeOf
  }

  get size(): number {
    return this.#entries.size
  }

  /** @param stamp - of everything that the value depends on; with another stamp it is made anew */
  get(key: string, stamp: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.#entries.get(key)
    if (known?.stamp === stamp) {
      this.#entries.delete(key)
      this.#entries.set(key, known)
      return known.value
    }
    this.#remove(key)
    const entry: Entry<Value> = { stamp, value: make(), sizeCharacters: 0 }
    this.#entries.set(key, entry)
    entry.value.then(
      (value) => this.#measure(key, entry, value),
      // What could not be made is tried again; what was made is kept, be it good news or bad.
      () => this.#entries.get(key) === entry && this.#remove(key),
    )
    this.#shrink()
    return entry.value
  }

  #measure(key: string, entry: Entry<Value>, value: Value): void {
    if (this.#entries.get(key) !== entry) return
    entry.sizeCharacters = this.#sizeOf(value)
    this.#sizeCharacters += entry.sizeCharacters
    this.#shrink()
  }

  #shrink(): void {
    for (const key of this.#entries.keys()) {
      const isWithin =
        this.#entries.size <= MAX_PREPARED_FLOWS && this.#sizeCharacters <= MAX_PREPARED_CHARACTERS
      if (isWithin || this.#entries.size === 1) return
      this.#remove(key)
    }
  }

  #remove(key: string): void {
    this.#sizeCharacters -= this.#entries.get(key)?.sizeCharacters ?? 0
    this.#entries.delete(key)
  }
}
