import { concatBytes } from '../bytes.ts'
import { Blob, blobBytes, File } from './blob.ts'

type Entry = [string, string | File]

/** https://xhr.spec.whatwg.org/#interface-formdata */
export class FormData {
  #entries: Entry[] = []

  append(name: unknown, value: unknown, fileName?: string): void {
    this.#entries.push([String(name), entryValue(value, fileName)])
  }

  delete(name: unknown): void {
    this.#entries = this.#entries.filter(([key]) => key !== String(name))
  }

  get(name: unknown): string | File | null {
    return this.#entries.find(([key]) => key === String(name))?.[1] ?? null
  }

  getAll(name: unknown): (string | File)[] {
    return this.#entries.filter(([key]) => key === String(name)).map(([, value]) => value)
  }

  has(name: unknown): boolean {
    return this.#entries.some(([key]) => key === String(name))
  }

  set(name: unknown, value: unknown, fileName?: string): void {
    const entry: Entry = [String(name), entryValue(value, fileName)]
    const index = this.#entries.findIndex(([key]) => key === entry[0])
    if (index < 0) this.#entries.push(entry)
    else {
      this.#entries = this.#entries.filter(([key], at) => at <= index || key !== entry[0])
      this.#entries[index] = entry
    }
  }

  forEach(callback: (value: string | File, name: string, form: FormData) => void, thisArg?: unknown): void {
    for (const [name, value] of this.#entries) Reflect.apply(callback, thisArg, [value, name, this])
  }

  *entries(): IterableIterator<Entry> {
    for (const [name, value] of this.#entries) yield [name, value]
  }

  *keys(): IterableIterator<string> {
    for (const [name] of this.#entries) yield name
  }

  *values(): IterableIterator<string | File> {
    for (const [, value] of this.#entries) yield value
  }

  [Symbol.iterator](): IterableIterator<Entry> {
    return this.entries()
  }

  get [Symbol.toStringTag](): string {
    return 'FormData'
  }
}

function entryValue(value: unknown, fileName: string | undefined): string | File {
  if (!(value instanceof Blob)) return String(value)
  if (value instanceof File && fileName === undefined) return value
  return new File([value], fileName ?? 'blob', { type: value.type })
}

/** Writes a form as `multipart/form-data`: RFC 7578, with the escapes of the HTML standard. */
export function encodeMultipart(form: FormData): {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly type: string
} {
  const boundary = `----pinion-${crypto.randomUUID()}`
  const encoder = new TextEncoder()
  const parts: Uint8Array[] = []
  for (const [name, value] of form) {
    const disposition = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"`
    if (typeof value === 'string') {
      parts.push(encoder.encode(`${disposition}\r\n\r\n${value.replace(/\r?\n|\r/g, '\r\n')}\r\n`))
    } else {
      const type = value.type === '' ? 'application/octet-stream' : value.type
      parts.push(
        encoder.encode(
          `${disposition}; filename="${escapeName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`,
        ),
        blobBytes(value),
        encoder.encode('\r\n'),
      )
    }
  }
  parts.push(encoder.encode(`--${boundary}--\r\n`))
  return { bytes: concatBytes(parts), type: `multipart/form-data; boundary=${boundary}` }
}

/** @throws TypeError if the body is not multipart with this boundary */
export function decodeMultipart(bytes: Uint8Array, boundary: string): FormData {
  const form = new FormData()
  const delimiter = new TextEncoder().encode(`--${boundary}`)
  let at = find(bytes, delimiter, 0)
  if (at < 0) throw new TypeError('The body is not multipart/form-data.')
  for (;;) {
    at += delimiter.byteLength
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) return form
    const headEnd = find(bytes, new Uint8Array([13, 10, 13, 10]), at)
    const next = headEnd < 0 ? -1 : find(bytes, delimiter, headEnd)
    if (next < 0) throw new TypeError('The multipart body is cut off.')
    appendPart(form, new TextDecoder().decode(bytes.slice(at, headEnd)), bytes.slice(headEnd + 4, next - 2))
    at = next
  }
}

function appendPart(form: FormData, head: string, body: Uint8Array<ArrayBuffer>): void {
  const name = /;\s*name="([^"]*)"/i.exec(head)?.[1]
  if (name === undefined) throw new TypeError('A part of the multipart body has no name.')
  const fileName = /;\s*filename="([^"]*)"/i.exec(head)?.[1]
  if (fileName === undefined) form.append(unescapeName(name), new TextDecoder().decode(body))
  else {
    const type = /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim() ?? 'text/plain'
    form.append(unescapeName(name), new File([body], unescapeName(fileName), { type }))
  }
}

function find(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] ?? 0
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at
  }
  return -1
}

function escapeName(name: string): string {
  return name.replace(/\r?\n|\r/g, '%0D%0A').replaceAll('"', '%22')
}

function unescapeName(name: string): string {
  return name.replace(/%0D%0A/gi, '\r\n').replaceAll('%22', '"')
}
