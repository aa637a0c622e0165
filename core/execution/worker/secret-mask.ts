const MASK = '******'
/** A shorter secret would blank out half of every text. */
const MIN_MASKED_LENGTH = 3

/** The secrets that one attempt has seen; their values never reach a log in clear. */
export class SecretMask {
  readonly #values = new Set<string>()

  add(value: string): void {
    if (value.length < MIN_MASKED_LENGTH) return
    this.#values.add(value)
    this.#values.add(Buffer.from(value, 'utf8').toString('base64').replace(/=+$/, ''))
  }

  apply(text: string): string {
    let masked = text
    for (const value of this.#values) masked = masked.replaceAll(value, MASK)
    return masked
  }
}
