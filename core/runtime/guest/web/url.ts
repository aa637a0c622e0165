import type { UrlParts } from '../../protocol/guest.ts'
import type { GuestRealm } from '../realm.ts'
import { URLSearchParams } from './url-search-params.ts'

/** https://url.spec.whatwg.org; parsing is the host's own, which follows the standard to the letter. */
export function installUrl(realm: GuestRealm) {
  const { host } = realm
  // Between the two classes of this chunk only: plugin code does not find them.
  const { linked, reread } = URLSearchParams
  Reflect.deleteProperty(URLSearchParams, 'linked')
  Reflect.deleteProperty(URLSearchParams, 'reread')
  const parse = (input: string, base: string | undefined): UrlParts | undefined => {
    const json = base === undefined ? host('parseUrl', input) : host('parseUrl', input, base)
    return json === undefined ? undefined : (JSON.parse(json) as UrlParts)
  }

  class URL {
    #parts: UrlParts
    #searchParams: URLSearchParams | undefined

    constructor(input: unknown, base?: unknown) {
      const parts = parse(String(input), base === undefined ? undefined : String(base))
      if (parts === undefined) {
        const error = new TypeError('Invalid URL')
        throw Object.assign(error, { code: 'ERR_INVALID_URL', input: String(input) })
      }
      this.#parts = parts
    }

    static canParse(input: unknown, base?: unknown): boolean {
      return parse(String(input), base === undefined ? undefined : String(base)) !== undefined
    }

    static parse(input: unknown, base?: unknown): URL | null {
      return URL.canParse(input, base) ? new URL(input, base) : null
    }

    get origin(): string {
      return this.#parts.origin
    }

    get href(): string {
      return this.#parts.href
    }

    set href(value: unknown) {
      this.#adopt(new URL(value).#parts)
    }

    get protocol(): string {
      return this.#parts.protocol
    }

    set protocol(value: unknown) {
      this.#set('protocol', value)
    }

    get username(): string {
      return this.#parts.username
    }

    set username(value: unknown) {
      this.#set('username', value)
    }

    get password(): string {
      return this.#parts.password
    }

    set password(value: unknown) {
      this.#set('password', value)
    }

    get host(): string {
      return this.#parts.host
    }

    set host(value: unknown) {
      this.#set('host', value)
    }

    get hostname(): string {
      return this.#parts.hostname
    }

    set hostname(value: unknown) {
      this.#set('hostname', value)
    }

    get port(): string {
      return this.#parts.port
    }

    set port(value: unknown) {
      this.#set('port', value)
    }

    get pathname(): string {
      return this.#parts.pathname
    }

    set pathname(value: unknown) {
      this.#set('pathname', value)
    }

    get search(): string {
      return this.#parts.search
    }

    set search(value: unknown) {
      this.#set('search', value)
    }

    get hash(): string {
      return this.#parts.hash
    }

    set hash(value: unknown) {
      this.#set('hash', value)
    }

    get searchParams(): URLSearchParams {
      this.#searchParams ??= linked(this.#parts.search, (query) => this.#write('search', query))
      return this.#searchParams
    }

    toString(): string {
      return this.#parts.href
    }

    toJSON(): string {
      return this.#parts.href
    }

    #set(property: string, value: unknown): void {
      this.#write(property, String(value))
      this.#reread()
    }

    #write(property: string, value: string): void {
      const json = host('setUrl', this.#parts.href, property, value)
      if (json !== undefined) this.#parts = JSON.parse(json) as UrlParts
    }

    #adopt(parts: UrlParts): void {
      this.#parts = parts
      this.#reread()
    }

    #reread(): void {
      if (this.#searchParams !== undefined) reread(this.#searchParams, this.#parts.search)
    }
  }
  return { URL, URLSearchParams }
}

declare module '../realm.ts' {
  interface ChunkExports {
    readonly url: ReturnType<typeof installUrl>
  }
}
