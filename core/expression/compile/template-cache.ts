/** Values by text, the least recently used dropped first. Bounded in number and in the texts' total length. */
export class TemplateCache<Value> {
  readonly #entries = new Map<string, Value>()
  readonly #maxEntries: number
  readonly #maxLength: number
  #length = 0

  constructor(maxEntries: number, maxLength: number) {
    this.#maxEntries = maxEntries
    this.#maxLength = maxLength
  }

  get size(): number {
    return this.#entries.size
  }

  get(text: string): Value | undefined {
    const value = this.#entries.get(text)
    if (value === undefined) return undefined
    // A Map keeps the order of insertion: putting it in again makes it the youngest.
    this.#entries.delete(text)
    this.#entries.set(text, value)
    return value
  }

  set(text: string, value: Value): void {
    if (text.length > this.#maxLength) return
    if (!this.#entries.has(text)) this.#length += text.length
    this.#entries.set(text, value)
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries && this.#length <= this.#maxLength) return
      this.#entries.delete(oldest)
      this.#length -= oldest.length
    }
  }
}
