import { createHash, type Hash, randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { parse as parseIntegrity } from 'ssri'
import { RegistryError } from '../errors.ts'

export interface TarballTarget {
  /** For messages: `name@version`. */
  readonly spec: string
  readonly repository: string
  readonly path: string
  readonly maxBytes: number
  /** What the packument states. */
  readonly integrity: string
}

export interface SavedTarball {
  /** `sha512-…` of what was saved, whatever algorithm the packument used. */
  readonly integrity: string
  readonly sizeBytes: number
}

/**
 * Saves a tarball while it streams in. The file appears under its name only when it is whole and its content is what
 * the packument states; otherwise nothing is left.
 *
 * @throws RegistryError `REGISTRY_INTEGRITY_MISMATCH`, `REGISTRY_INTEGRITY_MISSING`, `REGISTRY_TARBALL_TOO_LARGE`
 */
export async function saveTarball(body: Readable, target: TarballTarget): Promise<SavedTarball> {
  const expected = expectedDigests(target)
  const stated = createHash(expected.algorithm)
  const sha512 = expected.algorithm === 'sha512' ? stated : createHash('sha512')
  const partialPath = `${target.path}.${randomUUID()}.partial`
  try {
    const sizeBytes = await write(body, target, partialPath, new Set([stated, sha512]))
    const digest = stated.digest('base64')
    if (!expected.digests.includes(digest)) throw mismatch(target, `${expected.algorithm}-${digest}`)
    await rename(partialPath, target.path)
    const integrity = `sha512-${sha512 === stated ? digest : sha512.digest('base64')}`
    return { integrity, sizeBytes }
  } catch (error) {
    await rm(partialPath, { force: true })
    throw error
  }
}

async function write(
  body: Readable,
  target: TarballTarget,
  path: string,
  hashes: ReadonlySet<Hash>,
): Promise<number> {
  const file = await open(path, 'wx', 0o600)
  let sizeBytes = 0
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.length
      if (sizeBytes > target.maxBytes) throw tarballTooLarge(target)
      for (const hash of hashes) hash.update(chunk)
      await file.writeFile(chunk)
    }
  } finally {
    await file.close()
  }
  return sizeBytes
}

/** Of several algorithms the strongest counts, as in npm. */
function expectedDigests(target: TarballTarget): {
  readonly algorithm: string
  readonly digests: readonly string[]
} {
  const integrity = parseIntegrity(target.integrity)
  if (integrity !== null && Object.keys(integrity).length > 0) {
    const algorithm = integrity.pickAlgorithm()
    const digests = integrity[algorithm]?.map((hash) => hash.digest) ?? []
    if (digests.length > 0) return { algorithm, digests }
  }
  throw integrityMissing(target.spec, target.repository)
}

export function integrityMissing(spec: string, repository: string): RegistryError {
  return new RegistryError(
    'REGISTRY_INTEGRITY_MISSING',
    `The repository "${repository}" states no usable integrity for ${spec}, so it cannot be checked.`,
    { at: { repository }, hint: 'Publish the version again with a current npm client.' },
  )
}

export function tarballTooLarge(target: TarballTarget): RegistryError {
  return new RegistryError(
    'REGISTRY_TARBALL_TOO_LARGE',
    `The tarball of ${target.spec} in "${target.repository}" has more than ${target.maxBytes} bytes.`,
    { at: { repository: target.repository } },
  )
}

function mismatch(target: TarballTarget, actual: string): RegistryError {
  return new RegistryError(
    'REGISTRY_INTEGRITY_MISMATCH',
    `The tarball of ${target.spec} from "${target.repository}" is not what its packument states: it has ${actual}, stated is ${target.integrity}.`,
    {
      at: { repository: target.repository },
      hint: 'It was damaged on its way or replaced. Do not use it; tell whoever runs that repository.',
    },
  )
}
