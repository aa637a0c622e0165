import { MAX_METADATA_DEPTH } from '../../limits.ts'
import { Refusal } from './refusal.ts'

/** What the scanner makes of a chunk: JSON to keep, or decoded bytes of a tarball. */
export type ScannedPart =
  | { readonly type: 'json'; readonly bytes: Buffer }
  | { readonly type: 'data'; readonly bytes: Buffer }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COLON = 0x3a
const COMMA = 0x2c
/** Longer keys cannot be among those we look for; file names are not compared. */
const MAX_KEY_BYTES = 32

type Mode = 'outside' | 'string' | 'escape' | 'data'

/**
 * Splits the body of a publish while it streams in. npm sends one JSON document with the tarball as a base64 string at
 * `_attachments.<file>.data`; that string is decoded and handed out as it comes, and an empty string takes its place,
 * so that the rest can be parsed as usual and a tarball is never in memory as a whole.
 *
 * It trusts nothing: whoever uses it compares `attachments` with what the parsed JSON says.
 */
export class AttachmentScanner {
  /** How many strings were taken out. */
  attachments = 0
  #mode: Mode = 'outside'
  #containers: ('object' | 'array')[] = []
  #keys: string[] = []
  #isKeyNext = false
  #isReadingKey = false
  #keyBytes: number[] = []
  #base64 = ''

  scan(chunk: Buffer): readonly ScannedPart[] {
    const parts: ScannedPart[] = []
    let from = 0
    let index = 0
    while (index < chunk.length) {
      if (this.#mode === 'data') {
        const quote = chunk.indexOf(QUOTE, index)
        const end = quote === -1 ? chunk.length : quote
        parts.push({ type: 'data', bytes: this.#decode(chunk.toString('latin1', index, end), quote !== -1) })
        if (quote !== -1) this.#mode = 'outside'
        from = end
        index = quote === -1 ? end : end + 1
      } else if (this.#mode === 'outside') {
        this.#takeStructure(chunk[index] ?? 0)
        index += 1
        if (this.#isAtData()) {
          parts.push({ type: 'json', bytes: chunk.subarray(from, index) })
          this.attachments += 1
          from = index
        }
      } else {
        index = this.#takeString(chunk, index)
      }
    }
    if (this.#mode !== 'data' && from < chunk.length) {
      parts.push({ type: 'json', bytes: chunk.subarray(from) })
    }
    return parts
  }

  #isAtData(): boolean {
    if (this.#mode !== 'string' || this.#isReadingKey || this.#containers.length !== 3) return false
    if (this.#keys[0] !== '_attachments' || this.#keys[2] !== 'data') return false
    this.#mode = 'data'
    return true
  }

  #takeStructure(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.#mode = 'string'
        this.#isReadingKey = this.#isKeyNext
        this.#keyBytes = []
        return
      case OPEN_BRACE:
      case OPEN_BRACKET:
        this.#containers.push(byte === OPEN_BRACE ? 'object' : 'array')
        this.#keys[this.#containers.length - 1] = ''
        this.#isKeyNext = byte === OPEN_BRACE
        if (this.#containers.length > MAX_METADATA_DEPTH) {
          throw new Refusal(
            400,
            'BODY_TOO_DEEP',
            `The JSON is nested deeper than ${MAX_METADATA_DEPTH} levels.`,
          )
        }
        return
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        this.#containers.pop()
        this.#isKeyNext = false
        return
      case COLON:
        this.#isKeyNext = false
        return
      case COMMA:
        this.#isKeyNext = this.#containers.at(-1) === 'object'
        return
      default:
    }
  }

  /** Returns the index after what it took. */
  #takeString(chunk: Buffer, start: number): number {
    if (this.#mode === 'escape') {
      this.#mode = 'string'
      return start + 1
    }
    let index = start
    while (index < chunk.length) {
      const byte = chunk[index] ?? 0
      index += 1
      if (byte === QUOTE) {
        if (this.#isReadingKey) this.#finishKey()
        this.#mode = 'outside'
        return index
      }
      if (byte === BACKSLASH) {
        this.#mode = 'escape'
        return index
      }
      if (this.#isReadingKey && this.#keyBytes.length < MAX_KEY_BYTES) this.#keyBytes.push(byte)
    }
    return index
  }

  #finishKey(): void {
    this.#keys[this.#containers.length - 1] = Buffer.from(this.#keyBytes).toString('latin1')
    this.#isReadingKey = false
    this.#isKeyNext = false
  }

  /** Base64 comes in groups of four; some clients write `/` as `\/`. */
  #decode(text: string, isLast: boolean): Buffer {
    const pending = this.#base64 + text
    const isCutInEscape = !isLast && pending.endsWith('\\')
    const clean = (isCutInEscape ? pending.slice(0, -1) : pending).replaceAll('\\/', '/')
    const usable = isLast ? clean.length : clean.length - (clean.length % 4)
    this.#base64 = clean.slice(usable) + (isCutInEscape ? '\\' : '')
    const group = clean.slice(0, usable)
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(group)) {
      throw new Refusal(400, 'BODY_INVALID', 'The tarball in the request is not base64.')
    }
    return Buffer.from(group, 'base64')
  }
}
