type Pair = [string, string]
type Init = string | Iterable<readonly [string, string]> | Readonly<Record<string, string>> | undefined

const UNRESERVED = /[A-Za-z0-9*\-._]/

/** https://url.spec.whatwg.org/#interface-urlsearchparams */
export class URLSearchParams {
  #pairs: Pair[]
  #onChange: ((query: string) => void) | undefined

  constructor(init?: Init) {
    this.#pairs = pairsOf(init)
  }

  /** @internal The params of a URL, which follows their changes. */
  static linked(query: string, onChange: (query: string) => void): URLSearchParams {
    const params = new URLSearchParams(query)
    params.#onChange = onChange
    return params
  }

  /** @internal The URL's query has been set. */
  static reread(params: URLSearchParams, query: string): void {
    params.#pairs = pairsOf(query)
  }

  get size(): number {
    return this.#pairs.length
  }

  append(name: unknown, value: unknown): void {
    this.#pairs.push([String(name), String(value)])
    this.#changed()
  }

  delete(name: unknown, value?: unknown): void {
    this.#pairs = this.#pairs.filter(
      ([key, held]) => key !== String(name) || (value !== undefined && held !== String(value)),
    )
    this.#changed()
  }

  get(name: unknown): string | null {
    return this.#pairs.find(([key]) => key === String(name))?.[1] ?? null
  }

  getAll(name: unknown): string[] {
    return this.#pairs.filter(([key]) => key === String(name)).map(([, value]) => value)
  }

  has(name: unknown, value?: unknown): boolean {
    return this.#pairs.some(
      ([key, held]) => key === String(name) && (value === undefined || held === String(value)),
    )
  }

  set(name: unknown, value: unknown): void {
    const first = this.#pairs.find(([key]) => key === String(name))
    if (first === undefined) this.#pairs.push([String(name), String(value)])
    else {
      first[1] = String(value)
      this.#pairs = this.#pairs.filter((pair) => pair === first || pair[0] !== String(name))
    }
    this.#changed()
  }

  sort(): void {
    this.#pairs.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
    this.#changed()
  }

  forEach(callback: (value: string, name: string, params: URLSearchParams) => void, thisArg?: unknown): void {
    for (const [name, value] of this.#pairs) Reflect.apply(callback, thisArg, [value, name, this])
  }

  *entries(): IterableIterator<Pair> {
    for (const [name, value] of this.#pairs) yield [name, value]
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.#pairs) yield name
  }

  *values(): IterableIterator<string> {
    for (const [, value] of this.#pairs) yield value
  }

  [Symbol.iterator](): IterableIterator<Pair> {
    return this.entries()
  }

  toString(): string {
    return this.#pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  }

  get [Symbol.toStringTag](): string {
    return 'URLSearchParams'
  }

  #changed(): void {
    this.#onChange?.(this.toString())
  }
}

function pairsOf(init: Init): Pair[] {
  if (init === undefined || init === null) return []
  if (typeof init === 'object') {
    if (Symbol.iterator in init) {
      return [...init].map((pair) => {
        const [name, value, ...rest] = [...pair]
        if (value === undefined || rest.length > 0)
          throw new TypeError('Each query pair must be a [name, value] tuple.')
        return [String(name), String(value)]
      })
    }
    return Object.entries(init).map(([name, value]) => [name, String(value)])
  }
  const query = String(init).replace(/^\?/, '')
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const split = part.indexOf('=')
      return split < 0 ? [decode(part), ''] : [decode(part.slice(0, split)), decode(part.slice(split + 1))]
    })
}

/** Percent-decodes as the standard does: malformed escapes stay as they are, malformed UTF-8 becomes U+FFFD. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    const bytes: number[] = []
    const source = new TextEncoder().encode(spaced)
    for (let index = 0; index < source.length; index++) {
      const hex = source[index] === 0x25 ? String.fromCharCode(...source.subarray(index + 1, index + 3)) : ''
      if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
        bytes.push(Number.parseInt(hex, 16))
        index += 2
      } else bytes.push(source[index] ?? 0)
    }
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(bytes))
  }
}

function encode(text: string): string {
  let encoded = ''
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte)
    if (UNRESERVED.test(character)) encoded += character
    else if (byte === 0x20) encoded += '+'
    else encoded += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}
