import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { codeOf, messageOf, RegistryError } from '../errors.ts'
import { TARBALL_LIMITS, type TarballLimits } from '../limits.ts'
import { packagePath } from './package-path.ts'

export interface OpenTarballOptions {
  /**
   * Says which files' contents to return, and the most bytes each may have. `path` is relative to the package: the
   * archive's first folder (`package/`, by convention) is taken off, as npm does when it unpacks.
   */
  readonly wanted?: (path: string) => number | undefined
  readonly limits?: Partial<TarballLimits>
  readonly signal?: AbortSignal
}

export interface OpenedTarball {
  /** Files and folders in the archive. */
  readonly entries: number
  /** The wanted files that are there, by their path in the package. */
  readonly files: ReadonlyMap<string, Buffer>
}

/**
 * Reads a gzipped npm tarball as a stream: checks every entry, keeps the wanted files, writes nothing and never holds
 * more than one chunk and the wanted files in memory. Only plain files and folders below the package are accepted.
 *
 * @throws RegistryError with `at.entry` naming the offending entry: `REGISTRY_TARBALL_PATH_UNSAFE` (`..`, absolute,
 * control characters), `REGISTRY_TARBALL_ENTRY_TYPE` (links, devices), `REGISTRY_TARBALL_DUPLICATE_PATH`,
 * `REGISTRY_TARBALL_TOO_MANY_ENTRIES`, `REGISTRY_TARBALL_FILE_TOO_LARGE`, `REGISTRY_TARBALL_UNPACKED_TOO_LARGE`,
 * `REGISTRY_TARBALL_RATIO`, `REGISTRY_TARBALL_CORRUPT`
 */
export async function openTarball(path: string, options: OpenTarballOptions = {}): Promise<OpenedTarball> {
  const reader = new TarballReader(options)
  const packed = createReadStream(path, options.signal === undefined ? {} : { signal: options.signal })
  const unpacked = packed.on('error', (error) => unpacked.destroy(error)).pipe(createGunzip())
  try {
    for await (const chunk of unpacked) reader.take(chunk, packed.bytesRead)
    return reader.finish()
  } catch (error) {
    throw explain(error, path)
  } finally {
    packed.destroy()
    unpacked.destroy()
  }
}

class TarballReader {
  readonly #limits: TarballLimits
  readonly #wanted: (path: string) => number | undefined
  readonly #parser: Parser
  readonly #files = new Map<string, Buffer>()
  readonly #seen = new Set<string>()
  #entries = 0
  #headers = 0
  #unpackedBytes = 0
  #isAtEnd = false
  #fault: RegistryError | undefined

  constructor(options: OpenTarballOptions) {
    this.#limits = { ...TARBALL_LIMITS, ...options.limits }
    this.#wanted = options.wanted ?? (() => undefined)
    this.#parser = new Parser({ strict: true })
    this.#parser.on('entry', (entry: ReadEntry) => this.#enter(entry))
    this.#parser.on('ignoredEntry', (entry: ReadEntry) => this.#refuseType(entry))
    this.#parser.on('meta', () => this.#countHeader('an extended header'))
    this.#parser.on('eof', () => {
      this.#isAtEnd = true
    })
    this.#parser.on('error', (error: unknown) => {
      this.#fail(
        new RegistryError('REGISTRY_TARBALL_CORRUPT', `The tarball is damaged: ${messageOf(error)}.`),
      )
    })
  }

  /** The parser works synchronously, so a fault is known, and memory freed, before the next chunk is asked for. */
  take(chunk: Buffer, packedBytes: number): void {
    if (this.#unpackedBytes === 0) refuseNestedCompression(chunk)
    this.#unpackedBytes += chunk.length
    const { maxUnpackedBytes, maxRatio, ratioFloorBytes } = this.#limits
    if (this.#unpackedBytes > maxUnpackedBytes) {
      throw new RegistryError(
        'REGISTRY_TARBALL_UNPACKED_TOO_LARGE',
        `The tarball unpacks to more than ${maxUnpackedBytes} bytes.`,
        { hint: 'Publish less: list what belongs to the package under "files" in its package.json.' },
      )
    }
    if (this.#unpackedBytes > ratioFloorBytes && this.#unpackedBytes > packedBytes * maxRatio) {
      throw new RegistryError(
        'REGISTRY_TARBALL_RATIO',
        `The tarball unpacks to more than ${maxRatio} times its size, as a decompression bomb does.`,
        { hint: 'Leave out files of padding or zeros.' },
      )
    }
    // The parser piles up whatever follows the archive's end, copying the pile for every chunk.
    if (!this.#isAtEnd) this.#parser.write(chunk)
    if (this.#fault !== undefined) throw this.#fault
  }

  finish(): OpenedTarball {
    this.#parser.end()
    if (this.#fault !== undefined) throw this.#fault
    if (this.#entries === 0) throw new RegistryError('REGISTRY_TARBALL_CORRUPT', 'The tarball has no entry.')
    return { entries: this.#entries, files: this.#files }
  }

  #enter(entry: ReadEntry): void {
    this.#countHeader(entry.path)
    if (this.#fault !== undefined) return void entry.resume()
    this.#entries += 1
    if (entry.type !== 'Directory' && !PLAIN_FILE_TYPES.has(entry.type)) return this.#refuseType(entry)
    const checked = packagePath(entry.path)
    if (!checked.isSafe) {
      return this.#refuse(
        entry,
        'REGISTRY_TARBALL_PATH_UNSAFE',
        `The path ${show(entry.path)} ${checked.reason}.`,
      )
    }
    if (entry.type === 'Directory') return void entry.resume()
    if (checked.path === '') {
      const message = `${show(entry.path)} lies beside the package's folder, not in it.`
      return this.#refuse(entry, 'REGISTRY_TARBALL_PATH_UNSAFE', message)
    }
    if (entry.size > this.#limits.maxFileBytes) {
      const message = `${show(entry.path)} has ${entry.size} bytes; a file may have ${this.#limits.maxFileBytes}.`
      return this.#refuse(entry, 'REGISTRY_TARBALL_FILE_TOO_LARGE', message)
    }
    if (this.#seen.has(checked.path)) {
      const message = `The path ${show(entry.path)} occurs twice; which one counts would depend on the reader.`
      return this.#refuse(entry, 'REGISTRY_TARBALL_DUPLICATE_PATH', message)
    }
    this.#seen.add(checked.path)
    this.#keepIfWanted(entry, checked.path)
  }

  #keepIfWanted(entry: ReadEntry, path: string): void {
    const maxBytes = this.#wanted(path)
    if (maxBytes === undefined) return void entry.resume()
    if (entry.size > maxBytes) {
      const message = `${show(path)} has ${entry.size} bytes; it may have ${maxBytes}.`
      return this.#refuse(entry, 'REGISTRY_TARBALL_FILE_TOO_LARGE', message)
    }
    const chunks: Buffer[] = []
    entry.on('data', (chunk: Buffer) => chunks.push(chunk))
    entry.on('end', () => this.#files.set(path, Buffer.concat(chunks)))
  }

  #countHeader(name: string): void {
    this.#headers += 1
    // Each entry may bring one extended header of its own.
    if (this.#entries < this.#limits.maxEntries && this.#headers <= 2 * this.#limits.maxEntries) return
    this.#fail(
      new RegistryError(
        'REGISTRY_TARBALL_TOO_MANY_ENTRIES',
        `The tarball has more than ${this.#limits.maxEntries} entries.`,
        { at: { entry: name }, hint: 'Bundle the package, or leave out node_modules.' },
      ),
    )
  }

  #refuseType(entry: ReadEntry): void {
    const message = `${show(entry.path)} is of the type ${entry.type}; only plain files and folders may be published.`
    this.#refuse(entry, 'REGISTRY_TARBALL_ENTRY_TYPE', message)
  }

  #refuse(entry: ReadEntry, code: RegistryError['code'], message: string): void {
    this.#fail(new RegistryError(code, message, { at: { entry: entry.path } }))
    entry.resume()
  }

  #fail(fault: RegistryError): void {
    this.#fault ??= fault
  }
}

const PLAIN_FILE_TYPES: ReadonlySet<string> = new Set(['File', 'OldFile', 'ContiguousFile'])

/** The parser would unpack these by itself, behind our back and our count. */
function refuseNestedCompression(chunk: Buffer): void {
  const isGzip = chunk[0] === 0x1f && chunk[1] === 0x8b
  const isZstd = chunk.length >= 4 && chunk.readUInt32LE(0) === 0xfd2fb528
  if (!isGzip && !isZstd) return
  throw new RegistryError('REGISTRY_TARBALL_CORRUPT', 'The tarball is compressed twice.')
}

function show(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}…` : path)
}

function explain(error: unknown, path: string): unknown {
  if (error instanceof RegistryError) return error
  const code = codeOf(error)
  if (code === undefined || !code.startsWith('Z_')) return error
  return new RegistryError(
    'REGISTRY_TARBALL_CORRUPT',
    `The tarball is not whole gzip data: ${messageOf(error)}.`,
    {
      at: { file: path },
      cause: error,
    },
  )
}
