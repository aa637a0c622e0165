import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { Header, type HeaderData } from 'tar'

const BLOCK_BYTES = 512

export interface TestEntry {
  readonly path: string
  readonly content?: string | Buffer
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'FIFO'
  readonly linkpath?: string
  /** What the header claims, if not the content's own size. */
  readonly sizeBytes?: number
}

/** A tar entry, exactly as asked for: a library would refuse to write the hostile ones. */
export function tarEntry(entry: TestEntry): Buffer {
  const content = Buffer.from(entry.content ?? '')
  const data: HeaderData = {
    path: entry.path,
    type: entry.type ?? 'File',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: entry.sizeBytes ?? content.length,
    mtime: new Date(0),
    ...(entry.linkpath === undefined ? {} : { linkpath: entry.linkpath }),
  }
  const header = new Header(data)
  const block = Buffer.alloc(BLOCK_BYTES)
  header.encode(block)
  const padding = Buffer.alloc((BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES)
  return Buffer.concat([block, content, padding])
}

export const TAR_END: Buffer = Buffer.alloc(2 * BLOCK_BYTES)

export function tarball(entries: readonly TestEntry[]): Buffer {
  return gzipSync(Buffer.concat([...entries.map(tarEntry), TAR_END]))
}

/** An honest package's tarball. */
export function packageTarball(name: string, version: string, files: Record<string, string> = {}): Buffer {
  const all = { 'package.json': JSON.stringify({ name, version }), ...files }
  return tarball(Object.entries(all).map(([path, content]) => ({ path: `package/${path}`, content })))
}

export interface PublishBodyOptions {
  readonly tag?: string
  readonly manifest?: Readonly<Record<string, unknown>>
  readonly dist?: Readonly<Record<string, unknown>>
}

/** What `npm publish` sends. */
export function publishBody(name: string, version: string, bytes: Buffer, options: PublishBodyOptions = {}) {
  const file = `${name}-${version}.tgz`
  const manifest = {
    name,
    version,
    ...options.manifest,
    dist: {
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      shasum: createHash('sha1').update(bytes).digest('hex'),
      tarball: `http://localhost/${name}/-/${file}`,
      ...options.dist,
    },
  }
  return {
    _id: name,
    name,
    'dist-tags': { [options.tag ?? 'latest']: version },
    versions: { [version]: manifest },
    access: null,
    _attachments: {
      [file]: {
        content_type: 'application/octet-stream',
        data: bytes.toString('base64'),
        length: bytes.length,
      },
    },
  }
}
