import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedDataVersionTag } from 'node:v8'
import ivm from 'isolated-vm'

const CHECKSUM_BYTES = 32

/**
 * V8's compiled form of scripts, kept on disk. V8 checks little by itself: it takes cached data of other code of the
 * same length, and one flipped byte aborts the process. So the name is the digest of the source and of V8's version and
 * flags, and a checksum of our own is verified before V8 sees a byte.
 */
export class CodeCache {
  readonly #directory: string
  readonly #tag = `${process.version}-${process.arch}-${cachedDataVersionTag()}`

  constructor(directory: string) {
    this.#directory = directory
  }

  /** @throws SyntaxError of the source, with `filename` in its stack */
  compile(isolate: ivm.Isolate, source: string, filename: string, lineOffset = 0): ivm.Script {
    const path = join(
      this.#directory,
      `${createHash('sha512').update(source).digest('hex')}-${this.#tag}.bin`,
    )
    const cached = readChecked(path)
    if (cached !== undefined) {
      const cachedData = new ivm.ExternalCopy(cached)
      const script = isolate.compileScriptSync(source, { filename, lineOffset, cachedData })
      cachedData.release()
      if (!('cachedDataRejected' in script && script.cachedDataRejected === true)) return script
      script.release()
    }
    const script = isolate.compileScriptSync(source, { filename, lineOffset, produceCachedData: true })
    const produced = 'cachedData' in script ? script.cachedData : undefined
    if (produced instanceof ivm.ExternalCopy) {
      const data: unknown = produced.copy()
      produced.release()
      if (data instanceof ArrayBuffer) void write(path, Buffer.from(data))
    }
    return script
  }
}

function readChecked(path: string): ArrayBuffer | undefined {
  let file: Buffer
  try {
    file = readFileSync(path)
  } catch {
    // Not there, or not readable: the source is compiled, which is all that the cache spares.
    return undefined
  }
  const data = file.subarray(CHECKSUM_BYTES)
  if (!checksum(data).equals(file.subarray(0, CHECKSUM_BYTES))) return undefined
  return new Uint8Array(data).buffer
}

/** Appears whole or not at all. A full disk costs the cache, not the plugin. */
async function write(path: string, data: Buffer): Promise<void> {
  const draft = `${path}.${randomUUID()}`
  try {
    await writeFile(draft, Buffer.concat([checksum(data), data]), { mode: 0o600 })
    await rename(draft, path)
  } catch {
    await rm(draft, { force: true }).catch(() => {})
  }
}

function checksum(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}
