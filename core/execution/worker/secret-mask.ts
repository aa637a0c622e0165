import { maskSecrets } from '../../expression/index.ts'

/** A shorter secret would blank out half of every text. */
const MIN_MASKED_LENGTH = 3
/** A piece of an encoded secret that is shorter than this stands in too many innocent texts. */
const MIN_ENCODED_LENGTH = 6
/** Characters that a cut-off secret must show before it is recognised. */
const MIN_START_LENGTH = 6

/**
 * The secrets that one attempt has seen; their values never reach a log or an error in clear, nor in the forms in which
 * clients send them: Base64 (alone or behind a user's name), percent-encoded, within JSON.
 */
export class SecretMask {
  readonly #forms = new Set<string>()

  add(value: string): void {
    if (value.length < MIN_MASKED_LENGTH) return
    this.#forms.add(value)
    this.#forms.add(JSON.stringify(value).slice(1, -1))
    this.#forms.add(encodeURIComponent(value.toWellFormed()))
    for (const form of base64Forms(value)) this.#forms.add(form)
  }

  /** For what a task says. */
  apply(text: string): string {
    return this.#forms.size === 0 ? text : maskSecrets(text, this.#forms)
  }

  /** For messages of errors, which often show the start of a value only: starts of secrets are masked as well. */
  applyToFault(text: string): string {
    const starts = new Set<string>()
    for (const form of this.#forms) {
      const start = form.slice(0, MIN_START_LENGTH)
      if (start.length < MIN_START_LENGTH) continue
      for (let at = text.indexOf(start); at !== -1; at = text.indexOf(start, at + 1)) {
        starts.add(text.slice(at, at + commonLength(text, at, form)))
      }
    }
    return maskSecrets(this.apply(text), starts)
  }
}

function commonLength(text: string, at: number, form: string): number {
  let length = 0
  while (length < form.length && text[at + length] === form[length]) length++
  return length
}

/**
 * What the Base64 of a text shows of a secret within it. It depends on how many bytes stand before: three cases, of which
 * the characters at either end mix with their neighbours and are left out.
 */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8')
  const whole = bytes.toString('base64').replace(/=+$/, '')
  const inner = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
  })
  const forms = [whole, ...inner.filter((form) => form.length >= MIN_ENCODED_LENGTH)]
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))]
}
