export type HeadersInit = Headers | Iterable<readonly [string, string]> | Readonly<Record<string, string>>

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** https://fetch.spec.whatwg.org/#headers-class */
export class Headers {
  readonly #pairs: [string, string][] = []

  constructor(init?: HeadersInit) {
    if (init === undefined || init === null) return
    if (typeof init !== 'object') throw new TypeError('Headers need pairs, or an object of names and values.')
    if (Symbol.iterator in init) {
      for (const pair of init) {
        const [name, value] = [...pair]
        if (name === undefined || value === undefined)
          throw new TypeError('Each header must be a [name, value] pair.')
        this.append(name, value)
      }
    } else for (const [name, value] of Object.entries(init)) this.append(name, value)
  }

  append(name: unknown, value: unknown): void {
    this.#pairs.push([nameOf(name), headerValue(value)])
  }

  delete(name: unknown): void {
    const key = nameOf(name)
    for (let index = this.#pairs.length - 1; index >= 0; index--) {
      if (this.#pairs[index]?.[0] === key) this.#pairs.splice(index, 1)
    }
  }

  get(name: unknown): string | null {
    const key = nameOf(name)
    const values = this.#pairs.filter(([known]) => known === key).map(([, value]) => value)
    return values.length === 0 ? null : values.join(', ')
  }

  getSetCookie(): string[] {
    return this.#pairs.filter(([name]) => name === 'set-cookie').map(([, value]) => value)
  }

  has(name: unknown): boolean {
    const key = nameOf(name)
    return this.#pairs.some(([known]) => known === key)
  }

  set(name: unknown, value: unknown): void {
    const [key, text] = [nameOf(name), headerValue(value)]
    const first = this.#pairs.find(([known]) => known === key)
    if (first === undefined) {
      this.#pairs.push([key, text])
      return
    }
    this.delete(key)
    this.#pairs.push([key, text])
  }

  forEach(callback: (value: string, name: string, headers: Headers) => void, thisArg?: unknown): void {
    for (const [name, value] of this.entries()) Reflect.apply(callback, thisArg, [value, name, this])
  }

  *entries(): IterableIterator<[string, string]> {
    const names = [...new Set(this.#pairs.map(([name]) => name))].sort()
    for (const name of names) {
      if (name === 'set-cookie') for (const cookie of this.getSetCookie()) yield [name, cookie]
      else yield [name, this.get(name) ?? '']
    }
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.entries()) yield name
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries()
  }

  get [Symbol.toStringTag](): string {
    return 'Headers'
  }
}

function nameOf(name: unknown): string {
  const text = String(name)
  if (!NAME.test(text)) throw new TypeError(`"${text}" is not a header name.`)
  return text.toLowerCase()
}

function headerValue(value: unknown): string {
  const text = String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '')
  if (/[\0\r\n]/.test(text) || /[^\0-\xff]/.test(text))
    throw new TypeError('A header value holds a forbidden character.')
  return text
}
