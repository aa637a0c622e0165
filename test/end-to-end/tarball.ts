import { gzipSync } from 'node:zlib'

const BLOCK_BYTES = 512
const NAME_BYTES = 100
const SIZE_AT = 124
const SIZE_DIGITS = 11
const CHECKSUM_AT = 148
const CHECKSUM_BYTES = 8
const TYPE_AT = 156
const LINK_AT = 157

export interface TarEntry {
  readonly path: string
  readonly content?: string | Buffer
  readonly type?: 'file' | 'symbolic link' | 'hard link'
  readonly link?: string
  /** What the header claims, if not the content's own size. */
  readonly claimedBytes?: number
}

const TYPE_FLAGS = { file: '0', 'hard link': '1', 'symbolic link': '2' } as const

/** A packed tarball, exactly as asked for: libraries refuse to write the hostile ones. */
export function tarball(entries: readonly TarEntry[]): Buffer {
  return gzipSync(Buffer.concat([...entries.map(tarEntry), Buffer.alloc(2 * BLOCK_BYTES)]))
}

/** An honest package's tarball. @param files - by path within the package */
export function packageTarball(files: Readonly<Record<string, string | Buffer>>): Buffer {
  return tarball(Object.entries(files).map(([path, content]) => ({ path: `package/${path}`, content })))
}

/**
 * Many gzip members, one after the other: they unpack as one, and are made as fast as one. The first is an honest
 * `package.json` and the head of what repeats.
 */
export function repeated(head: readonly TarEntry[], part: Buffer, times: number): Buffer {
  const member = gzipSync(part)
  const honest = { path: 'package/package.json', content: '{"name":"@hostile/a","version":"1.0.0"}' }
  const first = gzipSync(Buffer.concat([honest, ...head].map(tarEntry)))
  return Buffer.concat([first, ...Array.from({ length: times }, () => member)])
}

/** Header and content, padded. */
export function tarEntry({ path, content = '', type = 'file', link = '', claimedBytes }: TarEntry): Buffer {
  const bytes = Buffer.from(content)
  const header = Buffer.alloc(BLOCK_BYTES)
  header.write(path.slice(0, NAME_BYTES), 0)
  header.write('0000644\u00000000000\u00000000000\u0000', NAME_BYTES)
  const size = claimedBytes ?? bytes.length
  // Octal digits end at 8 GB; beyond that the size is binary, and marked so.
  if (size < 8 ** SIZE_DIGITS) header.write(size.toString(8).padStart(SIZE_DIGITS, '0'), SIZE_AT)
  else {
    header.writeUInt8(0x80, SIZE_AT)
    header.writeBigUInt64BE(BigInt(size), SIZE_AT + 4)
  }
  header.write('00000000000', SIZE_AT + SIZE_DIGITS + 1)
  header.write(TYPE_FLAGS[type], TYPE_AT)
  header.write(link, LINK_AT)
  header.write('ustar\u000000', LINK_AT + NAME_BYTES)
  header.fill(' ', CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_BYTES)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, CHECKSUM_AT)
  const padding = Buffer.alloc((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES)
  return Buffer.concat([header, bytes, padding])
}
